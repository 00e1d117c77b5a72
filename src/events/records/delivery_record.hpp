#pragma once

#include "core/clock.hpp"
#include "events/log/event.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orderflow::events {

/// Why an event has a row of its own in a subscription.
enum class DeliveryState {
  running,   ///< an effect in flight that the cursor has overtaken
  retrying,  ///< failed; tried again at its time
  parked,    ///< waits behind an earlier event of its key
  dead       ///< given up; waits for a person
};

std::string_view to_string(DeliveryState state) noexcept;
/// Throws `std::runtime_error` where no state is written so.
DeliveryState parse_delivery_state(std::string_view text);

/// What a subscription keeps durably: its cursor and how many rows it has in each state.
struct SubscriptionRecord {
  Seq cursor;
  bool paused = false;
  std::int64_t handled = 0;  ///< events done, ever
  std::int64_t failed = 0;   ///< attempts that failed, ever
  std::int64_t running = 0;
  std::int64_t retrying = 0;
  std::int64_t parked = 0;
  std::int64_t dead = 0;
  std::int64_t deaths = 0;      ///< ever: numbers the next one
  std::int64_t generation = 0;  ///< of a projection's rows

  std::int64_t rows() const noexcept { return running + retrying + parked + dead; }
  std::int64_t& count(DeliveryState state) noexcept;
};

/// What a delivery's row knows of the attempts so far.
struct AttemptCount {
  int failed = 0;              ///< in all
  int uncounted = 0;           ///< use up nothing: the peer was away, or a replay came after them
  int uncounted_in_a_row = 0;  ///< the last ones, whose peer was away

  int used() const noexcept { return failed - uncounted; }
};

/// What a runner knows of the row of an event.
struct DeliveryRow {
  DeliveryState state;
  AttemptCount attempts;
};

/// A delivery that is to be tried.
struct DueDelivery {
  Seq seq;
  AttemptCount attempts;
  std::optional<std::string> payload;  ///< as an operator has edited it
};

/// A dead letter as its subscription sees it.
struct DeadDelivery {
  Seq seq;
  std::string key;
  AttemptCount attempts;
  std::optional<std::string> payload;
};

/// How an attempt has failed, as its row keeps it.
struct FailureRecord {
  DeliveryState state;  ///< retrying or dead
  AttemptCount attempts;
  std::optional<core::Timestamp> next_attempt_at;
  std::string error;
};

/// One attempt, as it is kept; or several in a row that used up nothing, of which it is the last.
struct AttemptRecord {
  int attempt;  ///< from 1
  core::Timestamp started_at;
  core::Duration duration;
  std::optional<std::string> error;                      ///< nothing: it succeeded
  int times = 1;                                         ///< how many it stands for
  std::optional<core::Timestamp> first_started_at = {};  ///< set where that is more than one
};

}  // namespace orderflow::events
