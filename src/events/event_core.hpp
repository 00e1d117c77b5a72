#pragma once

#include "events/delivery/causal_tracker.hpp"
#include "events/delivery/follow_up.hpp"
#include "events/delivery/follower.hpp"
#include "events/delivery/subscription.hpp"
#include "events/delivery/subscription_runners.hpp"
#include "events/dispatcher.hpp"
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
#include "events/turn/batch_spans.hpp"
#include "storage/writer.hpp"

#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::events {

/// The parts of a dispatcher, put together: what happens in which order within a batch of the
/// writer. For the dispatcher alone, which describes the functions and their threads.
class EventCore final : public storage::BatchParticipant {
 public:
  explicit EventCore(DispatcherServices services);
  ~EventCore() override;

  void subscribe(TransactionalSubscription subscription);
  void subscribe(EffectSubscription subscription);
  void subscribe(FollowerSubscription subscription);
  void subscribe(RelaySubscription subscription);
  void observe(CommitObserver observer);
  void load(storage::Connection& connection);

  void relay_confirmed(Seq upto);
  void receive(storage::Connection& connection, const ReceivedEvent& event);
  Redrives& redrives() noexcept { return redrives_; }
  void observe_chains(std::shared_ptr<CausalTracker::Observer> observer, HeldChains held) {
    causal_tracker_.observe(std::move(observer), held);
  }

  std::future<void> stop_effects();

  FlowStatus status() const { return board_.status(); }
  std::vector<UnhostedCursor> unhosted(storage::Session session) const;
  double rate(std::string_view subscription) const { return board_.rate(subscription); }
  Seq newest() const { return board_.newest(); }
  std::vector<std::pair<std::string, std::uint64_t>> events_by_kind() const {
    return counts_.by_kind();
  }
  telemetry::Histogram::Snapshot attempt_micros(std::string_view subscription) const;

  Operations& operations() noexcept { return operations_; }

  TurnWriter turn_writer() noexcept { return {turns_, writer_}; }
  TurnServices& turn_services() noexcept { return turns_; }
  storage::Writer& writer() noexcept { return writer_; }
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
  /// Subscriptions and observers are complete when the cursors are read.
  void require_not_loaded() const;
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
  bool is_loaded_ = false;
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
