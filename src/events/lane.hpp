#pragma once

#include "events/delivery_store.hpp"
#include "events/event_log.hpp"
#include "events/feed.hpp"
#include "events/retry_policy.hpp"
#include "events/turn.hpp"

#include <memory>
#include <optional>
#include <string>

namespace orderflow::events {

/// What every lane of a node uses. Belongs to the writer thread.
struct LaneServices {
  TurnServices& turns;
  const EventLog& log;
  core::Random& random;
};

/// How a subscription stands, for `/v1/admin/subscriptions` and metrics.
struct LaneStatus {
  std::string name;
  std::string module;
  SubscriptionRecord record;
  Seq position;           ///< taken up to here
  std::size_t in_flight;  ///< effects that run now
  std::size_t overdue;    ///< effects that have outlived their deadline and still run
};

/// One subscription at work: takes events from its feed, keeps their order by key, and records what
/// fails. Confined to the writer thread; every call but `offer` and `status` is inside a
/// transaction.
class Lane {
 public:
  Lane(std::string name, std::string module, std::vector<std::string> kinds, RetryPolicy retry,
       OrderPolicy order, LaneServices services);
  virtual ~Lane() = default;
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  /// Resumes at the durable cursor. Rows that were running are due at once.
  void load(storage::Connection& connection, Seq newest);

  /// Hands over the events of a commit.
  void offer(const EventList& committed, Seq newest) { feed_.offer(committed, newest); }

  /// Does a bounded amount of work.
  virtual void run(storage::Connection& connection) = 0;

  /// Writes the cursor where it has moved.
  void save(storage::Connection& connection);

  /// True where `run` has something to do.
  virtual bool has_work(core::Timestamp now) const = 0;
  virtual std::optional<core::Timestamp> next_due() const { return next_due_; }

  /// Looks again at durable state, for a hint that was lost.
  void rescan(storage::Connection& connection);

  virtual LaneStatus status() const;
  const std::string& name() const noexcept { return name_; }

 protected:
  /// Gives rows to what needs one, and tells up to where everything is done or has a row.
  virtual Seq settle(storage::Connection& connection) = 0;

  bool retries_due(core::Timestamp now) const { return next_due_ && *next_due_ <= now; }
  void refresh_next_due(storage::Connection& connection) {
    next_due_ = store_.next_due(connection);
  }

  /// The row an event has, if any.
  struct Row {
    DeliveryState state;
    int attempts;
  };

  /// Records a failed attempt: retrying at its time, or dead. Returns the new state.
  DeliveryState record_failure(storage::Connection& connection, const Event& event,
                               std::optional<Row> row, const AttemptRecord& attempt, bool permanent,
                               std::optional<core::Timestamp> not_before);

  /// Records the success of an event that had a row.
  void record_recovery(storage::Connection& connection, const Event& event, Row row,
                       const AttemptRecord& attempt);

  /// Lets the next parked event of the key be tried, where order matters and one waits.
  void release_next(storage::Connection& connection, std::string_view key);

  const std::string name_;
  const std::string module_;
  const RetryPolicy retry_;
  const OrderPolicy order_;
  LaneServices services_;
  SubscriptionRecord record_;
  DeliveryStore store_;
  Feed feed_;
  std::optional<core::Timestamp> next_due_;
  bool dirty_ = false;
};

}  // namespace orderflow::events
