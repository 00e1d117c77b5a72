#pragma once

#include "events/delivery/causal_tracker.hpp"
#include "events/delivery/feed.hpp"
#include "events/delivery/retry_policy.hpp"
#include "events/delivery/subscription.hpp"
#include "events/log/event_log.hpp"
#include "events/records/delivery_store.hpp"
#include "events/turn/turn.hpp"
#include "telemetry/histogram.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace orderflow::events {

/// An effect that cannot predict its result in advance can only be attempted for real.
class DryRunNotPossible : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What every runner of a node uses. Belongs to the writer thread.
struct RunnerServices {
  TurnServices& turns;
  const EventLog& log;
  core::Random& random;
  CausalTracker& causal_tracker;
};

/// The status of a subscription, for `/v1/admin/subscriptions` and metrics.
struct SubscriptionStatus {
  std::string name;
  std::string module;
  std::vector<std::string> kinds;  ///< that it handles
  SubscriptionRecord record;
  Seq position;                 ///< taken up to here
  Seq finished_to;              ///< up to here all is done or has a row
  std::size_t in_flight = 0;    ///< effects that run now
  std::size_t overdue = 0;      ///< effects that have outlived their deadline and still run
  bool waits_for_peer = false;  ///< the effect's peer is what slows it, not this node
  bool gate_closed = false;     ///< its peer is away or cannot take more: nothing starts
  bool can_rebuild = false;
};

/// One subscription at work: takes events from its feed, keeps their order by key, and records what
/// fails. Confined to the writer thread; every call but `offer` and `status` is inside a
/// transaction.
class SubscriptionRunner {
 public:
  SubscriptionRunner(std::string name, std::string module, std::vector<std::string> kinds,
                     RetryPolicy retry, OrderPolicy order, RunnerServices services);
  virtual ~SubscriptionRunner() = default;
  SubscriptionRunner(const SubscriptionRunner&) = delete;
  SubscriptionRunner& operator=(const SubscriptionRunner&) = delete;

  /// Resumes at the durable cursor. Rows that were running are due at once.
  virtual void load(storage::Connection& connection, Seq newest);

  /// Removes the record, the rows and the attempts. The runner is not used after it.
  void forget(storage::Connection& connection);

  /// Hands over the next events; see `Feed::offer`.
  void offer(std::span<const EventPtr> published, Seq newest) { feed_.offer(published, newest); }
  /// False where more events wait than one `run` takes.
  bool keeps_up() const noexcept { return !feed_.pending(); }

  /// New events that one `run` takes at most: enough to share a sync, few enough that others get
  /// their turn.
  static constexpr std::size_t events_a_run = 256;

  /// Does a bounded amount of work.
  virtual void run(storage::Connection& connection) = 0;

  /// Writes the cursor where it has moved.
  void save(storage::Connection& connection);

  /// True where `run` has something to do.
  virtual bool has_work(core::Timestamp now) const = 0;
  virtual std::optional<core::Timestamp> next_due() const {
    return record_.paused ? std::nullopt : next_due_;
  }

  /// Looks again at durable state, for a hint that was lost and a clock that was set back.
  void rescan(storage::Connection& connection);

  virtual void describe(SubscriptionStatus& status) const;
  /// What is newer than the last commit, of a runner that works on between commits. Safe from any
  /// thread.
  virtual void recheck(SubscriptionStatus& /*status*/) const {}
  const std::string& name() const noexcept { return name_; }
  const std::string& module() const noexcept { return module_; }
  const SubscriptionRecord& record() const noexcept { return record_; }
  Seq position() const noexcept { return feed_.position(); }
  bool wants(const Event& event) const noexcept { return feed_.wants(event); }
  virtual const std::vector<std::string>& kinds() const noexcept { return feed_.kinds(); }
  /// The event at this position, which the runner wants, is neither done nor left to a waiting row.
  virtual bool is_open(Seq seq) const noexcept { return seq > feed_.position(); }
  /// Up to here everything is done or has a row.
  virtual Seq finished_to() const noexcept { return feed_.position(); }

  /// What each attempt of an event took, in microseconds. Safe from any thread.
  const telemetry::Histogram& attempt_micros() const noexcept { return attempt_micros_; }

  /// True where what slows it is the peer of an effect, not this node.
  virtual bool waits_for_peer() const noexcept { return false; }

  /// False where new writes are taken however far it is behind.
  virtual bool slows_writes() const noexcept { return true; }

  // ---- what an operator does, each within a write
  // -----------------------------------------

  /// Paused it takes nothing and tries nothing; what is in flight ends.
  void set_paused(storage::Connection& connection, bool paused);

  std::optional<DeadDelivery> find_dead(storage::Connection& connection, Seq seq) {
    return store_.find_dead(connection, seq);
  }

  /// The event of a delivery, with its payload as edited.
  EventPtr event_of(storage::Connection& connection, Seq seq,
                    const std::optional<std::string>& payload) const;
  /// The same of one that is due. Throws `storage::StorageFailure` where the log has lost it: then
  /// the database is damaged, and the node must stop.
  EventPtr event_of(storage::Connection& connection, const DueDelivery& due) const;

  /// What reviews edits of its events; empty: no review is needed.
  virtual const EditReview& review_edit() const noexcept;

  /// Runs what the review of an edit wants to be done with the replay. Throws what it throws, and
  /// `std::logic_error` where it publishes an event.
  void accept(storage::Connection& connection, const Event& edited,
              const EditDecision::Acceptance& acceptance);

  /// Lets a dead event be tried again at once.
  void replay(storage::Connection& connection, const DeadDelivery& dead,
              const std::optional<std::string>& payload);

  /// Discards a dead event and lets what is parked behind it continue. The subscription gets the
  /// event as it is logged. Throws what its `discarded` throws.
  void discard(storage::Connection& connection, const DeadDelivery& dead,
               const std::string& reason);

  /// Does to the tables what a successful attempt would, in the running savepoint. Throws what the
  /// handler throws, `PermanentFailure` where an edit is forbidden, and `DryRunNotPossible`.
  virtual void apply(storage::Connection& connection, const Event& event) = 0;

 protected:
  virtual const Discarded& discarded() const noexcept = 0;

  /// The name under which turns are made: that of the subscription.
  virtual std::string_view subscription_name() const noexcept { return name_; }

  /// Where a runner that is new to the database starts. `newest` is the last position of the log.
  virtual Seq first_cursor(Seq /*newest*/) const noexcept { return Seq{0}; }

  /// Gives rows to what needs one. Returns up to where everything is done or has a row.
  virtual Seq finish_to(storage::Connection& connection) = 0;

  bool retries_due(core::Timestamp now) const { return next_due_ && *next_due_ <= now; }
  void refresh_next_due(storage::Connection& connection) {
    next_due_ = store_.next_due(connection);
  }
  /// The retries that are due, and any that would wait for longer than the policy ever lets them:
  /// they were planned while the clock was ahead.
  std::vector<DueDelivery> take_due(storage::Connection& connection, std::size_t limit);

  using Row = DeliveryRow;

  /// Runs `body` as a turn of the subscription about `event`, in the running savepoint.
  template <class Body>
  void in_turn_of(storage::Connection& connection, const Event& event, const Body& body) {
    Turn turn(services_.turns, connection, module_, subscription_name(), event, record_.generation);
    body(turn);
  }

  /// Runs `body`, several turns, in one savepoint: each page that they change is then set aside
  /// once, not once a turn. False where one of them throws, and all of it is undone: then each must
  /// be run by itself, so that the others are not held up by it.
  bool try_together(storage::Connection& connection, const std::function<void()>& body);

  /// What a failed attempt means for the next one.
  enum class Failure {
    counted,    ///< uses up one of the attempts
    uncounted,  ///< uses up none; the wait grows by those in a row
    final       ///< there is no next one
  };

  /// Counts what an attempt took.
  void observe(core::Duration duration) noexcept {
    attempt_micros_.observe(
        static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 0)));
  }

  /// Records a failed attempt: retrying at its time, or dead. Returns the new state.
  DeliveryState record_failure(storage::Connection& connection, const Event& event,
                               std::optional<Row> row, const AttemptRecord& attempt,
                               Failure failure, std::optional<core::Timestamp> not_before);

  /// Records the success of an event that had a row.
  void record_recovery(storage::Connection& connection, const Event& event, Row row,
                       const AttemptRecord& attempt);

  /// Lets the next parked event of the key be tried, where order matters and one waits.
  void release_next(storage::Connection& connection, std::string_view key);

  const std::string name_;
  const std::string module_;
  const RetryPolicy retry_;
  const OrderPolicy order_;
  RunnerServices services_;
  SubscriptionRecord record_;
  DeliveryStore store_;
  Feed feed_;
  std::optional<core::Timestamp> next_due_;
  bool has_far_retries_ = false;  ///< they wait for longer than the policy ever lets them
  telemetry::Histogram attempt_micros_{};
  bool dirty_ = false;
};

}  // namespace orderflow::events
