#include "events/dispatcher.hpp"

#include "events/arrival.hpp"
#include "telemetry/log.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <stdexcept>
#include <utility>

namespace orderflow::events {
namespace {

// Of one order's events, in search of what an arrival has caused.
constexpr std::size_t story_looked_at_max = 1000;

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
                   .absent_modules = absent_modules_}) {}

Dispatcher::~Dispatcher() = default;

void Dispatcher::subscribe(TransactionalSubscription subscription) {
  runners_.add(std::make_unique<TransactionalRunner>(std::move(subscription), runner_services()));
}

void Dispatcher::subscribe(EffectSubscription subscription) {
  runners_.add(std::make_unique<EffectSubscriptionRunner>(std::move(subscription),
                                                          runner_services(), services_.timers));
}

void Dispatcher::subscribe(FollowerSubscription subscription) {
  runners_.add(std::make_unique<FollowerLane>(std::move(subscription), runner_services()));
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
  writer_->wake();
}

void Dispatcher::relayed(Seq upto) {
  {
    const std::lock_guard lock(mutex_);
    relayed_ = std::max(relayed_.value_or(upto), upto);
  }
  writer_->wake();
}

void Dispatcher::take_in(storage::Connection& connection, const Arrival& arrival) {
  auto session = connection.session(event_owner);
  const core::Uuid id = arrival.meta.id.value();
  const auto known = [&] {
    auto rows = session.query(
        "SELECT seq FROM event_log WHERE id = ?1 AND audience IN ('', ?2) ORDER BY audience", id,
        arrival.meta.audience);
    return rows.next() ? std::optional(Seq{rows.get<std::int64_t>(0)}) : std::nullopt;
  }();
  EventList story;
  if (known) {
    const EventPtr first = log_.find(session, *known);
    story = story_of(first, log_.of_key(session, first->meta().key, story_looked_at_max));
  } else {
    const Outbox::Mark mark = outbox_.mark();
    outbox_.append(connection, Event(arrival.meta, arrival.payload, arrival.body));
    const auto published = outbox_.since(mark);
    story.assign(published.begin(), published.end());
  }
  outbox_.after_commit([this, ticket = arrival.ticket, story = std::move(story)]() mutable {
    following_.follow(ticket, std::move(story));
  });
}

std::future<void> Dispatcher::stop_effects() {
  std::future<void> stopped;
  {
    const std::lock_guard lock(mutex_);
    stopped = stop_requested_.emplace().get_future();
  }
  writer_->wake();
  return stopped;
}

FlowStatus Dispatcher::status() const {
  const std::lock_guard lock(mutex_);
  FlowStatus status = status_;
  auto runner = runners_.begin();
  for (SubscriptionStatus& one : status.runners)
    (*runner++)->look_again(one);
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
  std::optional<Seq> relayed;
  {
    const std::lock_guard lock(mutex_);
    returned.swap(returned_);
    relayed.swap(relayed_);
    stopping_ = stopping_ || stop_requested_.has_value();
  }
  if (relayed) {
    relay_->arrived(*relayed);
    ends_to_tell_ = following_.size() > 0;
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
  return ends_to_tell_ ||
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
  ends_to_tell_ = false;
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
  following_.committed(events);
  if (relay_ != nullptr) relay_->hand_over();
  if (!launches.empty()) services_.launcher.launch(std::move(launches));
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
    const std::int64_t waiting = outbox_.committed().value() - runner->settled().value();
    backlog = std::max(backlog, runner->waits_for_world() ? waiting / 10 : waiting);
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
