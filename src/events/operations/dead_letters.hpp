#pragma once

#include "events/delivery/delivery_store.hpp"
#include "events/log/event.hpp"
#include "storage/connection.hpp"

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

/// Reads dead letters, on a session of `event_owner`. Each call looks at a bounded number of rows.

/// Up to `limit` letters after `after`, ordered by subscription and position. Looks at a bounded
/// number, so a page of a filter can be short before the end; continue at `next`.
DeadLetterPage list_dead_letters(storage::Session session, const DeadLetterFilter& filter,
                                 const std::optional<DeadLetterId>& after, std::size_t limit);

/// How many of those that were looked at are wanted.
struct DeadLetterCount {
  std::int64_t matching = 0;
  std::optional<DeadLetterId> next;  ///< where to continue; nothing: these were all
};

/// Counts letters after `after`. Without a kind, key or error these are the subscriptions' own
/// counts, at once; else a bounded number is looked at: continue at `next`.
DeadLetterCount count_dead_letters(storage::Session session, const DeadLetterFilter& filter,
                                   const std::optional<DeadLetterId>& after);

/// A dead letter as it is now.
std::optional<DeadLetter> find_dead_letter(storage::Session session, const DeadLetterId& id);

/// The payload as an operator has edited it, if one has.
std::optional<std::string> edited_payload(storage::Session session, const DeadLetterId& id);

/// Its attempts, the newest `limit`, in order.
std::vector<AttemptRecord> attempts_of(storage::Session session, const DeadLetterId& id,
                                       std::size_t limit);

/// What waits behind it: the first `limit` positions.
std::vector<Seq> parked_behind(storage::Session session, const DeadLetterId& id,
                               std::string_view key, std::size_t limit);

}  // namespace orderflow::events
