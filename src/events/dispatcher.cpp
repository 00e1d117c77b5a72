#include "events/dispatcher.hpp"

#include "events/received_event.hpp"
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

Dispatcher::Dispatcher(DispatcherServices services)
    : services_(std::move(services)),
      log_(services_.catalog),
      batch_spans_(services_.tracer),
      turns_{services_.clock, services_.ids,    outbox_,
             services_.node,  services_.tracer, &batch_spans_},
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
      writer_(services_.connection, *this, services_.clock, services_.writer,
              services_.on_storage_failure) {}

Dispatcher::~Dispatcher() = default;

void Dispatcher::subscribe(TransactionalSubscription subscription) {
  runners_.add(std::make_unique<TransactionalRunner>(std::move(subscription), runner_services()));
}

void Dispatcher::subscribe(EffectSubscription subscription) {
  runners_.add(std::make_unique<EffectSubscriptionRunner>(std::move(subscription),
                                                          runner_services(), services_.timers));
}

void Dispatcher::subscribe(FollowerSubscription subscription) {
  runners_.add(std::make_unique<FollowerRunner>(std::move(subscription), runner_services()));
}

void Dispatcher::subscribe(RelaySubscription subscription) {
  if (relay_ != nullptr) throw std::logic_error("a node has one relay");
  std::set<std::string> kinds;
  for (const EventType& type : services_.catalog.types()) {
    if (type.visibility == Visibility::published) kinds.insert(type.kind);
  }
  auto runner = std::make_unique<RelayRunner>(
      std::move(subscription), std::vector(kinds.begin(), kinds.end()), runner_services());
  relay_ = runner.get();
  runners_.add(std::move(runner));
}

void Dispatcher::load(storage::Connection& connection) {
  const Seq newest = log_.newest(connection.session(event_owner));
  outbox_ = Outbox(newest);
  absent_modules_ = services_.modules;
  absent_modules_.emplace(bridge_module);
  give_up_cursors(connection);
  for (const auto& runner : runners_) {
    runner->load(connection, newest);
    runner->save(connection);
    absent_modules_.erase(runner->module());
  }
  for (Job* job : jobs_)
    job->load(connection, newest);
  report_unhosted(connection);
  for (const EventType& type : services_.catalog.types())
    published_[type.kind];
  const std::lock_guard lock(mutex_);
  for (const auto& runner : runners_) {
    SubscriptionStatus& status = status_.subscriptions.emplace_back();
    status.name = runner->name();
    status.module = runner->module();
    status.kinds = runner->kinds();
  }
  rates_.resize(runners_.size());
  status_.newest = newest;
  publish_status();
}

void Dispatcher::report_unhosted(storage::Connection& connection) const {
  for (const UnhostedCursor& cursor : unhosted(connection.session(event_owner))) {
    telemetry::log("events").warn(
        "cursor that nobody here works holds events subscription={} module={} cursor={}",
        cursor.name, cursor.module.value_or("none of this version"), cursor.cursor.value());
  }
}

std::vector<UnhostedCursor> Dispatcher::unhosted(storage::Session session) const {
  return unhosted_cursors(session, absent_modules_);
}

void Dispatcher::finished(std::vector<EffectRunPtr> runs) {
  {
    const std::lock_guard lock(mutex_);
    returned_.insert(returned_.end(), std::make_move_iterator(runs.begin()),
                     std::make_move_iterator(runs.end()));
  }
  writer_.wake();
}

void Dispatcher::relay_confirmed(Seq upto) {
  {
    const std::lock_guard lock(mutex_);
    relay_confirmed_ = std::max(relay_confirmed_.value_or(upto), upto);
  }
  writer_.wake();
}

void Dispatcher::receive(storage::Connection& connection, const ReceivedEvent& event) {
  auto session = connection.session(event_owner);
  const core::Uuid id = event.meta.id.value();
  const auto known = [&] {
    auto rows = session.query(
        "SELECT seq FROM event_log WHERE id = ?1 AND audience IN ('', ?2) ORDER BY audience", id,
        event.meta.audience);
    return rows.next() ? std::optional(Seq{rows.get<std::int64_t>(0)}) : std::nullopt;
  }();
  EventList chain;
  if (known) {
    const EventPtr first = log_.find(session, *known);
    chain =
        causal_chain_of(first, log_.of_key(session, first->meta().key, causal_chain_events_max));
  } else {
    const Outbox::Mark mark = outbox_.mark();
    outbox_.append(connection, Event(event.meta, event.payload, event.body));
    const auto published = outbox_.since(mark);
    chain.assign(published.begin(), published.end());
  }
  outbox_.after_commit(
      [this, tracking_number = event.tracking_number, chain = std::move(chain)]() mutable {
        causal_tracker_.track(tracking_number, std::move(chain));
      });
}

std::future<void> Dispatcher::stop_effects() {
  std::future<void> stopped;
  {
    const std::lock_guard lock(mutex_);
    stopped = stop_requested_.emplace().get_future();
  }
  writer_.wake();
  return stopped;
}

FlowStatus Dispatcher::status() const {
  const std::lock_guard lock(mutex_);
  FlowStatus status = status_;
  auto runner = runners_.begin();
  for (SubscriptionStatus& one : status.subscriptions)
    (*runner++)->recheck(one);
  return status;
}

double Dispatcher::rate(std::string_view subscription) const {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < status_.subscriptions.size(); ++i) {
    if (status_.subscriptions[i].name == subscription)
      return rates_[i].a_second(services_.clock.now());
  }
  return 0;
}

Seq Dispatcher::newest() const {
  const std::lock_guard lock(mutex_);
  return status_.newest;
}

std::vector<std::pair<std::string, std::uint64_t>> Dispatcher::events_by_kind() const {
  std::vector<std::pair<std::string, std::uint64_t>> counts;
  for (const auto& [kind, count] : published_)
    counts.emplace_back(kind, count.load(std::memory_order_relaxed));
  return counts;
}

telemetry::Histogram::Snapshot Dispatcher::attempt_micros(std::string_view subscription) const {
  for (const auto& runner : runners_) {
    if (runner->name() == subscription) return runner->attempt_micros().snapshot();
  }
  return {};
}

void Dispatcher::take_requests() {
  std::vector<EffectRunPtr> returned;
  std::optional<Seq> relay_confirmed;
  {
    const std::lock_guard lock(mutex_);
    returned.swap(returned_);
    relay_confirmed.swap(relay_confirmed_);
    stopping_ = stopping_ || stop_requested_.has_value();
  }
  if (relay_confirmed) {
    relay_->confirmed(*relay_confirmed);
    chains_may_end_ = causal_tracker_.size() > 0;
  }
  for (EffectRunPtr& run : returned) {
    EffectSubscriptionRunner& runner = *run->runner;
    runner.finished(std::move(run));
  }
  if (!stopping_) return;
  for (EffectSubscriptionRunner* runner : runners_.effects())
    runner->stop_starting();
  report_stopped();
}

void Dispatcher::report_stopped() {
  const bool quiet = std::ranges::all_of(
      runners_.effects(), [](const auto* runner) { return runner->in_flight() == 0; });
  if (!quiet) return;
  const std::lock_guard lock(mutex_);
  if (!stop_requested_) return;
  stop_requested_->set_value();
  stop_requested_.reset();
}

bool Dispatcher::has_work(core::Timestamp now) {
  take_requests();
  return chains_may_end_ ||
         std::ranges::any_of(runners_, [&](const auto& runner) { return runner->has_work(now); }) ||
         std::ranges::any_of(jobs_, [&](const Job* job) { return job->has_work(now); });
}

std::optional<core::Timestamp> Dispatcher::next_due() {
  std::optional<core::Timestamp> due;
  const auto consider = [&](std::optional<core::Timestamp> next) {
    if (next && (!due || *next < *due)) due = next;
  };
  for (const auto& runner : runners_)
    consider(runner->next_due());
  for (const Job* job : jobs_)
    consider(job->next_due());
  return due;
}

void Dispatcher::run(storage::Connection& connection) {
  batch_spans_.begin();
  take_requests();
  for (const auto& runner : runners_)
    runner->run(connection);
  for (Job* job : jobs_)
    job->run(connection);
}

void Dispatcher::before_commit(storage::Connection& connection) {
  follow_up_.run(connection);
  for (const auto& runner : runners_)
    runner->save(connection);
  for (Job* job : jobs_)
    job->save(connection);
}

void Dispatcher::committed() {
  follow_up_.end();
  const EventList events = outbox_.take_committed();
  const Seq newest = outbox_.committed();
  batch_spans_.committed(events.size());
  chains_may_end_ = false;
  for (const EventPtr& event : events) {
    const auto published = published_.find(event->kind());
    if (published != published_.end()) published->second.fetch_add(1, std::memory_order_relaxed);
  }
  if (!events.empty()) {
    for (Job* job : jobs_)
      job->offer(events, newest);
  }
  std::vector<EffectRunPtr> launches;
  for (EffectSubscriptionRunner* runner : runners_.effects()) {
    auto some = runner->take_launches();
    launches.insert(launches.end(), std::make_move_iterator(some.begin()),
                    std::make_move_iterator(some.end()));
  }
  // Before the attempts, which may need what their preparation has left in memory.
  for (const auto& callback : outbox_.take_callbacks())
    callback();
  causal_tracker_.committed(events);
  if (relay_ != nullptr) relay_->hand_over();
  if (!launches.empty()) services_.launcher.launch(std::move(launches), *this);
  for (const CommitObserver& observer : observers_)
    observer(events, newest);
  const std::lock_guard lock(mutex_);
  status_.newest = newest;
  publish_status();
}

void Dispatcher::publish_status() {
  const core::Timestamp now = services_.clock.now();
  std::size_t i = 0;
  for (const auto& runner : runners_) {
    runner->describe(status_.subscriptions[i]);
    rates_[i].sample(now, status_.subscriptions[i].record.handled);
    ++i;
  }
  status_.rebuilds = rebuilds_.status();
}

void Dispatcher::scan(storage::Connection& connection) {
  for (const auto& runner : runners_)
    runner->rescan(connection);
  for (Job* job : jobs_)
    job->scan(connection);
}

std::size_t Dispatcher::admit(std::size_t writes_max) {
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
