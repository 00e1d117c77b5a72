#pragma once

#include "events/log/event.hpp"
#include "events/records/delivery_record.hpp"
#include "storage/connection.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::events {

/// The rows of one subscription: with the functions below, all SQL on `event_delivery` that is not
/// about dead letters alone. Keeps `record`'s counts in step with them. Works within the running
/// transaction, on the writer thread.
class DeliveryStore {
 public:
  DeliveryStore(std::string subscription, SubscriptionRecord& record)
      : subscription_(std::move(subscription)), record_(record) {}

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

  /// Drops all rows of this subscription and takes over those of `other`. The counts are the
  /// caller's to take over.
  void take_over_rows(storage::Connection& connection, std::string_view other);

  /// Removes the rows, of a record that is about to be removed too: nothing is counted.
  void remove_all(storage::Connection& connection);

  /// What is due later than `longest` from now, and whose last attempt began later than now, was
  /// planned while the clock was ahead: it is due at once.
  void bring_near(storage::Connection& connection, core::Timestamp now, core::Duration longest);
  /// True where there is such a row.
  bool has_far(storage::Connection& connection, core::Timestamp now, core::Duration longest);

  std::vector<DueDelivery> due(storage::Connection& connection, core::Timestamp now,
                               std::size_t limit);
  std::optional<core::Timestamp> next_due(storage::Connection& connection);

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

/// When the oldest event occurred that has a row in a subscription.
std::optional<core::Timestamp> oldest_delivery(storage::Session session,
                                               std::string_view subscription);

/// Rows of a key, over all subscriptions. On a session of `event_owner`.
std::vector<DeliveryView> deliveries_of_key(storage::Session session, std::string_view key,
                                            std::size_t limit);

/// The rows of all subscriptions.
std::int64_t count_deliveries(storage::Session session);

/// Removes up to `rows_max` rows of a subscription that nobody works; returns how many there were
/// in each state. Within a transaction of the writer.
SubscriptionRecord remove_some_deliveries(storage::Session session, std::string_view subscription,
                                          std::int64_t rows_max);

}  // namespace orderflow::events
