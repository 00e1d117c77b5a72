#pragma once

#include "events/log/event.hpp"
#include "storage/connection.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

/// The rows of one subscription. Keeps `record`'s counts in step with them; `save` writes the
/// record. Works within the running transaction, on the writer thread.
class DeliveryStore {
 public:
  DeliveryStore(std::string subscription, SubscriptionRecord& record)
      : subscription_(std::move(subscription)), record_(record) {}

  /// Reads the record, or makes one that starts after `first_cursor`. From now on it is worked by
  /// this node, also where it had been forgotten.
  void load(storage::Connection& connection, Seq first_cursor);
  void save(storage::Connection& connection);

  /// True where an event of the key has a row: later ones must wait behind it.
  bool blocks(storage::Connection& connection, std::string_view key);

  void insert(storage::Connection& connection, const Event& event, DeliveryState state,
              core::Timestamp now);
  /// Makes the row where there is none; `old_state` is that of the one there is. A death gets the
  /// next number.
  void fail(storage::Connection& connection, const Event& event,
            std::optional<DeliveryState> old_state, const FailureRecord& failure,
            core::Timestamp now);

  /// The row of a dead event, or nothing where the event has none or another.
  std::optional<DeadDelivery> find_dead(storage::Connection& connection, Seq seq);

  /// Lets a dead event be tried again at once, with all attempts before uncounted. `payload`
  /// replaces the one it is tried with, where it is given.
  void revive(storage::Connection& connection, const DeadDelivery& dead,
              const std::optional<std::string>& payload, core::Timestamp now);
  void move(storage::Connection& connection, Seq seq, DeliveryState from, DeliveryState to,
            std::optional<core::Timestamp> next_attempt_at);
  void remove(storage::Connection& connection, Seq seq, DeliveryState state);

  /// Lets the first parked event of the key be tried at once, where there is one.
  void release_next(storage::Connection& connection, std::string_view key, core::Timestamp now);

  /// Rows that were running when the process died are due at once. Called at start.
  void resume_running(storage::Connection& connection, core::Timestamp now);

  /// Parked rows whose predecessor ended when nothing was to start any more, because the node was
  /// stopping, are due at once: nobody else would release them. Called at start.
  void release_orphaned_parked(storage::Connection& connection, core::Timestamp now);

  /// Drops all rows of this subscription and takes over those of `other`, with its attempts; the
  /// record of `other` is removed. The counts are the caller's to take over.
  void replace_rows_by(storage::Connection& connection, std::string_view other);

  /// Removes the record, the rows and the attempts.
  void forget(storage::Connection& connection);

  /// What is due later than `longest` from now, and whose last attempt began later than now, was
  /// planned while the clock was ahead: it is due at once.
  void bring_near(storage::Connection& connection, core::Timestamp now, core::Duration longest);
  /// True where there is such a row.
  bool has_far(storage::Connection& connection, core::Timestamp now, core::Duration longest);

  std::vector<DueDelivery> due(storage::Connection& connection, core::Timestamp now,
                               std::size_t limit);
  std::optional<core::Timestamp> next_due(storage::Connection& connection);

  void keep_attempt(storage::Connection& connection, const Event& event,
                    const AttemptRecord& attempt);
  /// Keeps an attempt that used up nothing as one with those just before it of which that is true
  /// too, so that an outage adds one row however long it takes.
  void record_uncounted_attempt(storage::Connection& connection, const Event& event,
                                const AttemptRecord& attempt, const AttemptCount& attempts);

 private:
  std::string subscription_;
  SubscriptionRecord& record_;
};

/// A delivery that has a row, as the timeline sees it.
struct DeliveryView {
  std::string subscription;
  Seq seq;
  DeliveryState state;
  int attempts;
  std::optional<core::Timestamp> next_attempt_at;
  std::optional<std::string> error;
  core::Timestamp since;
};

struct AttemptView {
  std::string subscription;
  Seq seq;
  AttemptRecord attempt;
};

/// When the oldest event occurred that has a row in a subscription.
std::optional<core::Timestamp> oldest_delivery(storage::Session session,
                                               std::string_view subscription);

/// Rows and attempts of a key, over all subscriptions. On a session of `event_owner`.
std::vector<DeliveryView> deliveries_of_key(storage::Session session, std::string_view key,
                                            std::size_t limit);
std::vector<AttemptView> attempts_of_key(storage::Session session, std::string_view key,
                                         std::size_t limit);

}  // namespace orderflow::events
