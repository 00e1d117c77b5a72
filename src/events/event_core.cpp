#include "events/event_core.hpp"

#include "core/invariant.hpp"
#include "events/delivery/follower_runner.hpp"
#include "events/received_event.hpp"
#include "events/records/delivery_store.hpp"
#include "events/records/subscription_store.hpp"
#include "telemetry/log.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <stdexcept>
#include <utility>

namespace orderflow::events {
namespace {

// Of one order's events, in search of what a received event has caused.
constexpr std::size_t causal_chain_events_max = 1000;

}  // namespace

EventCore::EventCore(DispatcherServices services)
    : services_(std::move(services)),
      log_(services_.catalog),
      batch_spans_(services_.tracer),
      turns_{services_.clock, services_.ids,    outbox_,
             services_.node,  services_.tracer, &batch_spans_},
      attempts_(services_.launcher, [this] { writer_.wake(); }),
      redrives_({.log = log_,
                 .outbox = outbox_,
                 .clock = services_.clock,
                 .node = services_.node,
                 .absent_modules = absent_modules_,
                 .wake = [this] { writer_.wake(); }}),
      replays_(runners_, services_.clock),
      rebuilds_(runners_, runner_services()),
      retention_(services_.retention, services_.clock),
      jobs_{&replays_, &rebuilds_, &retention_},
      operations_({.runners = runners_,
                   .rebuilds = rebuilds_,
                   .replays = replays_,
                   .catalog = services_.catalog,
                   .log = log_,
                   .turns = turns_,
                   .ids = services_.ids,
                   .absent_modules = absent_modules_}),
      board_(runners_, rebuilds_, services_.clock),
      writer_(services_.connection, *this, services_.clock, services_.writer,
              services_.on_storage_failure) {}

EventCore::~EventCore() = default;

void EventCore::require_not_loaded() const {
  core::invariant(!is_loaded_, "the event core gets a subscription or an observer after its start");
}

void EventCore::observe(CommitObserver observer) {
  require_not_loaded();
  observers_.push_back(std::move(observer));
}

void EventCore::subscribe(TransactionalSubscription subscription) {
  require_not_loaded();
  runners_.add(std::make_unique<TransactionalRunner>(std::move(subscription), runner_services()));
}

void EventCore::subscribe(EffectSubscription subscription) {
  require_not_loaded();
  auto runner = std::make_unique<EffectSubscriptionRunner>(
      std::move(subscription), runner_services(), services_.timers, attempts_);
  effects_.push_back(runner.get());
  runners_.add(std::move(runner));
}

void EventCore::subscribe(FollowerSubscription subscription) {
  require_not_loaded();
  runners_.add(std::make_unique<FollowerRunner>(std::move(subscription), runner_services()));
}

void EventCore::subscribe(RelaySubscription subscription) {
  require_not_loaded();
  if (relay_ != nullptr) throw std::logic_error("a node has one relay");
  std::set<std::string> kinds;
  for (const EventType& type : services_.catalog.types()) {
    if (type.visibility == Visibility::published) kinds.insert(type.kind);
  }
  RelaySink& sink = *subscription.sink;
  auto runner = std::make_unique<RelayRunner>(
      std::move(subscription), std::vector(kinds.begin(), kinds.end()), runner_services());
  relay_ = runner.get();
  redrives_.serve(*relay_, sink);
  runners_.add(std::move(runner));
}

void EventCore::load(storage::Connection& connection) {
  core::invariant(!std::exchange(is_loaded_, true), "the event core is started twice");
  const Seq newest = log_.newest(connection.session(event_owner));
  outbox_ = Outbox(newest);
  absent_modules_ = services_.modules;
  absent_modules_.emplace(bridge_module);
  give_up_subscriptions(connection.session(event_owner));
  for (const auto& runner : runners_) {
    runner->load(connection, newest);
    runner->save(connection);
    absent_modules_.erase(runner->module());
  }
  for (Job* job : jobs_)
    job->load(connection, newest);
  report_unhosted(connection);
  counts_.begin(services_.catalog);
  board_.begin(newest);
}

void EventCore::report_unhosted(storage::Connection& connection) const {
  for (const UnhostedCursor& cursor : unhosted(connection.session(event_owner))) {
    telemetry::log("events").warn(
        "cursor that nobody here works holds events subscription={} module={} cursor={}",
        cursor.name, cursor.module.value_or("none of this version"), cursor.cursor.value());
  }
}

std::vector<UnhostedCursor> EventCore::unhosted(storage::Session session) const {
  return unhosted_cursors(session, absent_modules_);
}

void EventCore::relay_confirmed(Seq upto) {
  core::value_of(relay_, "a node without a relay has events confirmed").confirm(upto);
  writer_.wake();
}

void EventCore::receive(storage::Connection& connection, const ReceivedEvent& event) {
  auto session = connection.session(event_owner);
  const core::Uuid& id = event.meta.id.value();
  const std::string& audience = event.meta.audience;
  if (const auto known = EventLog::position_of(session, id, audience)) {
    receive_known(connection, *known, event);
  } else if (EventLog::was_removed(session, id, audience)) {
    receive_removed(event);
  } else if (!event.wanted_by.empty() &&
             event.meta.occurred_at < EventLog::remembers_since(session)) {
    refuse(event, "it is sent again and so old that nobody here knows whether it was handled");
  } else {
    const Outbox::Mark mark = outbox_.mark();
    outbox_.append(connection, Event(event.meta, event.payload, event.body));
    const auto published = outbox_.since(mark);
    track(event.tracking_number, {published.begin(), published.end()});
  }
}

void EventCore::receive_known(storage::Connection& connection, Seq position,
                              const ReceivedEvent& event) {
  if (!event.wanted_by.empty()) {
    const EventPtr known = log_.find(connection.session(event_owner), position);
    if (redrives_.answer(connection, *known, event.wanted_by, event.tracking_number)) return;
  }
  track_known(connection, position, event.tracking_number);
}

void EventCore::receive_removed(const ReceivedEvent& event) {
  if (event.wanted_by.empty()) {
    track(event.tracking_number, {});
  } else {
    refuse(event, "it was handled here, and what followed is not in the log any more");
  }
}

void EventCore::track_known(storage::Connection& connection, Seq position,
                            CausalTracker::TrackingNumber tracking_number) {
  auto session = connection.session(event_owner);
  const EventPtr first = log_.find(session, position);
  if (first == nullptr) {
    track(tracking_number, {});
    return;
  }
  const std::string& key = first->meta().key;
  std::vector<CausalTracker::WaitingRow> rows;
  for (DeliveryView& row : deliveries_of_key(session, key, causal_chain_events_max))
    rows.push_back({.subscription = std::move(row.subscription), .seq = row.seq});
  track(tracking_number, causal_chain_of(first, log_.of_key(session, key, causal_chain_events_max)),
        std::move(rows));
}

void EventCore::track(CausalTracker::TrackingNumber tracking_number, EventList chain,
                      std::vector<CausalTracker::WaitingRow> rows) {
  outbox_.after_commit(
      [this, tracking_number, chain = std::move(chain), rows = std::move(rows)]() mutable {
        causal_tracker_.track(tracking_number, std::move(chain), std::move(rows));
      });
}

void EventCore::refuse(const ReceivedEvent& event, const char* reason) {
  outbox_.after_commit([this, tracking_number = event.tracking_number, reason] {
    causal_tracker_.refuse(tracking_number, reason);
  });
}

core::Duration EventCore::relay_delay(storage::Session session) const {
  const FlowStatus status = board_.status();
  const auto relay = std::ranges::find(status.subscriptions, relay_name, &SubscriptionStatus::name);
  if (relay == status.subscriptions.end() || relay->finished_to >= status.newest) return {};
  const auto first = EventLog::first_after(session, relay->finished_to);
  if (!first) return {};
  return std::max(services_.clock.now() - first->occurred_at, core::Duration::zero());
}

std::future<void> EventCore::stop_effects() {
  std::future<void> stopped = effects_stop_.request();
  writer_.wake();
  return stopped;
}

telemetry::Histogram::Snapshot EventCore::attempt_micros(std::string_view subscription) const {
  for (const auto& runner : runners_) {
    if (runner->name() == subscription) return runner->attempt_micros().snapshot();
  }
  return {};
}

void EventCore::take_requests() {
  if (relay_ != nullptr && relay_->take_confirms()) chains_may_end_ = causal_tracker_.size() > 0;
  effects_stop_.apply(effects_);
}

bool EventCore::has_work(core::Timestamp now) {
  take_requests();
  const auto chain_due = causal_tracker_.next_due();
  return chains_may_end_ || attempts_.has_ended() || redrives_.has_answered() ||
         (chain_due && *chain_due <= services_.clock.steady()) ||
         std::ranges::any_of(runners_, [&](const auto& runner) { return runner->has_work(now); }) ||
         std::ranges::any_of(jobs_, [&](const Job* job) { return job->has_work(now); });
}

std::optional<core::Timestamp> EventCore::next_due() {
  std::optional<core::Timestamp> due;
  const auto consider = [&](std::optional<core::Timestamp> next) {
    if (next && (!due || *next < *due)) due = next;
  };
  if (const auto chain_due = causal_tracker_.next_due())
    consider(services_.clock.now() + (*chain_due - services_.clock.steady()));
  for (const auto& runner : runners_)
    consider(runner->next_due());
  for (const Job* job : jobs_)
    consider(job->next_due());
  return due;
}

void EventCore::run(storage::Connection& connection) {
  core::invariant(is_loaded_, "the writer works before the cursors are read");
  batch_spans_.begin();
  take_requests();
  for (EffectRunPtr& attempt : attempts_.take_ended()) {
    EffectSubscriptionRunner& runner = *attempt->runner;
    runner.finished(std::move(attempt));
  }
  for (const Redrives::Answered& answered : redrives_.take_answered())
    track_known(connection, answered.position, answered.tracking_number);
  for (const auto& runner : runners_)
    runner->run(connection);
  for (Job* job : jobs_)
    job->run(connection);
}

void EventCore::before_commit(storage::Connection& connection) {
  follow_up_.run(connection);
  for (const auto& runner : runners_)
    runner->save(connection);
  for (Job* job : jobs_)
    job->save(connection);
}

void EventCore::committed() {
  follow_up_.end();
  const EventList events = outbox_.take_committed();
  const Seq newest = outbox_.committed();
  batch_spans_.committed(events.size());
  chains_may_end_ = false;
  counts_.add(events);
  if (!events.empty()) {
    for (Job* job : jobs_)
      job->offer(events, newest);
  }
  // Before the attempts, which may need what their preparation has left in memory.
  for (const auto& callback : outbox_.take_callbacks())
    callback();
  causal_tracker_.committed(events);
  if (relay_ != nullptr) relay_->hand_over();
  attempts_.launch();
  for (const CommitObserver& observer : observers_)
    observer(events, newest);
  board_.publish(newest);
}

void EventCore::scan(storage::Connection& connection) {
  for (const auto& runner : runners_)
    runner->rescan(connection);
  for (Job* job : jobs_)
    job->scan(connection);
}

std::size_t EventCore::admit(std::size_t writes_max) {
  std::int64_t backlog = 0;
  for (const auto& runner : runners_) {
    if (runner->record().paused || !runner->slows_writes()) continue;
    const std::int64_t waiting = outbox_.committed().value() - runner->finished_to().value();
    backlog = std::max(backlog, runner->waits_for_peer() ? waiting / 10 : waiting);
  }
  const std::int64_t free_below = services_.backlog_max / 2;
  if (backlog <= free_below) return writes_max;
  // From half of the bound on new writes get less and less room, and at it a trickle.
  const std::int64_t room = std::max<std::int64_t>(services_.backlog_max - backlog, 0);
  const auto share = static_cast<std::size_t>(room) * writes_max /
                     static_cast<std::size_t>(std::max<std::int64_t>(free_below, 1));
  return std::clamp<std::size_t>(share, 1, writes_max);
}

}  // namespace orderflow::events
