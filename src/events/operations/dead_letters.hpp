#pragma once

#include "core/clock.hpp"
#include "events/log/event.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::events {

/// Names a dead letter: one event in one subscription. Its text is "billing.capture:42".
struct DeadLetterId {
  std::string subscription;
  Seq seq;

  std::string to_text() const;
  static std::optional<DeadLetterId> parse(std::string_view text);
};

/// What dead letters are chosen by; what is not given does not matter.
struct DeadLetterFilter {
  std::optional<std::string> subscription{};
  std::optional<std::string> kind{};
  std::optional<std::string> key{};
  std::optional<std::string> error{};  ///< a part of the last error, as it is written
};

struct DeadLetter {
  DeadLetterId id;
  std::string key;
  std::string kind;
  std::string event_id;
  int attempts;
  std::string error;      ///< of the last attempt
  core::Timestamp since;  ///< when the event first failed
  bool edited;
};

struct DeadLetterPage {
  std::vector<DeadLetter> letters;
  std::optional<DeadLetterId> next;  ///< where to continue; nothing: these were the last
};

/// How many of those that were looked at are wanted.
struct DeadLetterCount {
  std::int64_t matching = 0;
  std::optional<DeadLetterId> next;  ///< where to continue; nothing: these were all
};

}  // namespace orderflow::events
