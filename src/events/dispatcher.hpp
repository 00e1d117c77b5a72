#pragma once

#include "events/commit.hpp"
#include "events/delivery/batch_spans.hpp"
#include "events/delivery/causal_tracker.hpp"
#include "events/delivery/follow_up.hpp"
#include "events/delivery/follower.hpp"
#include "events/delivery/subscription.hpp"
#include "events/delivery/subscription_runners.hpp"
#include "events/effects/attempt_exchange.hpp"
#include "events/effects/effect_subscription_runner.hpp"
#include "events/effects/effects_stop.hpp"
#include "events/flow_status.hpp"
#include "events/log/catalog.hpp"
#include "events/log/event_counts.hpp"
#include "events/log/event_log.hpp"
#include "events/log/outbox.hpp"
#include "events/operations/bulk_replays.hpp"
#include "events/operations/operations.hpp"
#include "events/operations/rebuilds.hpp"
#include "events/operations/retention.hpp"
#include "events/operations/unhosted_cursors.hpp"
#include "events/remote/redrives.hpp"
#include "events/remote/relay.hpp"
#include "events/remote/relay_runner.hpp"
#include "storage/writer.hpp"

#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::events {

/// What the dispatcher works with. All of it outlives the dispatcher.
struct DispatcherServices {
  const core::Clock& clock;
  core::IdSource& ids;   ///< used on the writer thread alone
  core::Random& random;  ///< likewise: the jitter of retries
  const Catalog& catalog;
  Timers& timers;
  EffectLauncher& launcher;
  storage::Connection& connection;  ///< the one that writes
  std::string node;                 ///< the origin of this node's events
  RetentionOptions retention = {};
  /// Events that may wait for this node's own work before new writes are taken more slowly, and
  /// none but a trickle at all. Ten times as many may wait for effects whose peers are slow.
  std::int64_t backlog_max = 1'000'000;
  ModuleNames modules = {};  ///< all of this program, hosted or not
  storage::WriterOptions writer = {};
  /// Called on the writer thread, at most once, with the reason.
  std::function<void(const std::string& reason)> on_storage_failure = {};
  telemetry::Tracer* tracer = nullptr;  ///< null: nothing is traced
};

struct ReceivedEvent;

/// Told of each commit's events on the writer thread, in log order. Must not block.
using CommitObserver = std::function<void(const EventList& events, Seq newest)>;

/// The event core of a node: has the writer, takes part in each of its batches, runs the
/// subscriptions, and hands committed events to whoever waits. Whoever owns it starts the writer or
/// steps it.
///
/// Threads: subscriptions and observers are added before `load`; `relay_confirmed`, `stop_effects`
/// and what reports the status are safe from any; all else belongs to the writer
/// thread.
class Dispatcher final : public storage::BatchParticipant {
 public:
  explicit Dispatcher(DispatcherServices services);
  ~Dispatcher() override;

  void subscribe(TransactionalSubscription subscription);
  void subscribe(EffectSubscription subscription);
  void subscribe(FollowerSubscription subscription);
  /// At most one.
  void subscribe(RelaySubscription subscription);
  void observe(CommitObserver observer) { observers_.push_back(std::move(observer)); }

  /// Reads the cursors and resumes what a stop left unfinished. In a transaction, before the writer
  /// starts.
  void load(storage::Connection& connection);

  /// What the relay handed over is confirmed, all up to here.
  void relay_confirmed(Seq upto);

  /// Writes an event from another node to the log; see received_event.hpp. Within a write.
  void receive(storage::Connection& connection, const ReceivedEvent& event);
  /// What this node sends again, and answers again; within a write.
  Redrives& redrives() noexcept { return redrives_; }
  /// Who is notified when the causal chain of a received event is done here, and how long it may be
  /// held open by rows that wait. Set before the first is received.
  void observe_chains(std::shared_ptr<CausalTracker::Observer> observer, HeldChains held = {}) {
    causal_tracker_.observe(std::move(observer), held);
  }

  /// No further attempt starts; the future is ready when none is in flight.
  std::future<void> stop_effects();

  FlowStatus status() const { return board_.status(); }
  /// The cursors that nobody here works. On a session of `event_owner`, of any thread.
  std::vector<UnhostedCursor> unhosted(storage::Session session) const;
  /// Events a second that a subscription has handled over the last minute.
  double rate(std::string_view subscription) const { return board_.rate(subscription); }
  /// The last committed position of the log.
  Seq newest() const { return board_.newest(); }
  /// Events that were committed since the start, by kind, of every kind that there is.
  std::vector<std::pair<std::string, std::uint64_t>> events_by_kind() const {
    return counts_.by_kind();
  }
  /// What the attempts of a subscription took, in microseconds.
  telemetry::Histogram::Snapshot attempt_micros(std::string_view subscription) const;

  /// What an operator can do; within a write.
  Operations& operations() noexcept { return operations_; }

  /// For turns that answer requests.
  TurnWriter turn_writer() noexcept { return {turns_, writer_}; }
  TurnServices& turn_services() noexcept { return turns_; }
  storage::Writer& writer() noexcept { return writer_; }

  /// How long the oldest event has waited that the relay has not been confirmed; zero: there is
  /// none. On a session of `event_owner`, of any thread.
  core::Duration relay_delay(storage::Session session) const;

  // storage::BatchParticipant
  bool has_work(core::Timestamp now) override;
  std::optional<core::Timestamp> next_due() override;
  void run(storage::Connection& connection) override;
  void before_commit(storage::Connection& connection) override;
  void committed() override;
  void scan(storage::Connection& connection) override;
  std::size_t admit(std::size_t writes_max) override;

 private:
  /// Takes note of what other threads have asked for since the last call.
  void take_requests();
  /// Tracks what follows from a received event that is in the log already.
  void track_known(storage::Connection& connection, Seq position,
                   CausalTracker::TrackingNumber tracking_number);
  void track(CausalTracker::TrackingNumber tracking_number, EventList chain,
             std::vector<CausalTracker::WaitingRow> rows = {});
  void refuse(const ReceivedEvent& event, const char* reason);
  void receive_known(storage::Connection& connection, Seq position, const ReceivedEvent& event);
  void receive_removed(const ReceivedEvent& event);
  void report_unhosted(storage::Connection& connection) const;
  RunnerServices runner_services() noexcept {
    return {turns_, log_, services_.random, causal_tracker_};
  }

  DispatcherServices services_;
  EventLog log_;
  Outbox outbox_{Seq{0}};
  BatchSpans batch_spans_;
  TurnServices turns_;
  SubscriptionRunners runners_;
  CausalTracker causal_tracker_{runners_, services_.clock};
  FollowUp follow_up_{runners_, outbox_, services_.clock};
  AttemptExchange attempts_;
  std::vector<EffectSubscriptionRunner*> effects_;
  EffectsStop effects_stop_;
  RelayRunner* relay_ = nullptr;
  Redrives redrives_;
  BulkReplays replays_;
  Rebuilds rebuilds_;
  Retention retention_;
  ModuleNames absent_modules_;  ///< that are not hosted; fixed by `load`
  std::vector<Job*> jobs_;
  Operations operations_;
  std::vector<CommitObserver> observers_;
  bool chains_may_end_ = false;  ///< something was confirmed that may end a causal chain
  EventCounts counts_;
  StatusBoard board_;

  storage::Writer writer_;  ///< ends before all that takes part in its batches
};

}  // namespace orderflow::events
