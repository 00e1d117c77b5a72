#include "events/dispatcher.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace orderflow::events {

Dispatcher::Dispatcher(DispatcherServices services)
    : services_(std::move(services)),
      log_(services_.catalog),
      turns_{services_.clock, services_.ids, outbox_, services_.node} {}

Dispatcher::~Dispatcher() = default;

void Dispatcher::subscribe(TransactionalSubscription subscription) {
  lanes_.push_back(std::make_unique<TransactionalLane>(
      std::move(subscription), LaneServices{turns_, log_, services_.random}));
}

void Dispatcher::subscribe(EffectSubscription subscription) {
  auto lane = std::make_unique<EffectLane>(
      std::move(subscription), LaneServices{turns_, log_, services_.random}, services_.timers);
  effect_lanes_.push_back(lane.get());
  lanes_.push_back(std::move(lane));
}

void Dispatcher::load(storage::Connection& connection) {
  const Seq newest = log_.newest(connection.session(event_owner));
  outbox_ = Outbox(newest);
  for (const auto& lane : lanes_) {
    const auto same = std::ranges::count_if(
        lanes_, [&](const auto& other) { return other->name() == lane->name(); });
    if (same > 1) throw std::logic_error("two subscriptions are named " + lane->name());
    lane->load(connection, newest);
    lane->save(connection);
  }
  const std::lock_guard lock(mutex_);
  newest_ = newest;
  publish_status();
}

void Dispatcher::finished(EffectRunPtr run) {
  {
    const std::lock_guard lock(mutex_);
    returned_.push_back(std::move(run));
  }
  writer_->wake();
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

std::vector<LaneStatus> Dispatcher::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

Seq Dispatcher::newest() const {
  const std::lock_guard lock(mutex_);
  return newest_;
}

void Dispatcher::take_requests() {
  std::vector<EffectRunPtr> returned;
  {
    const std::lock_guard lock(mutex_);
    returned.swap(returned_);
    stopping_ = stopping_ || stop_requested_.has_value();
  }
  for (EffectRunPtr& run : returned) {
    EffectLane& lane = *run->lane;
    lane.finished(std::move(run));
  }
  if (!stopping_) return;
  for (EffectLane* lane : effect_lanes_)
    lane->stop_starting();
  report_stopped();
}

void Dispatcher::report_stopped() {
  const bool quiet =
      std::ranges::all_of(effect_lanes_, [](const auto* lane) { return lane->in_flight() == 0; });
  if (!quiet) return;
  const std::lock_guard lock(mutex_);
  if (!stop_requested_) return;
  stop_requested_->set_value();
  stop_requested_.reset();
}

bool Dispatcher::has_work(core::Timestamp now) {
  take_requests();
  return std::ranges::any_of(lanes_, [&](const auto& lane) { return lane->has_work(now); });
}

std::optional<core::Timestamp> Dispatcher::next_due() {
  std::optional<core::Timestamp> due;
  for (const auto& lane : lanes_) {
    const auto next = lane->next_due();
    if (next && (!due || *next < *due)) due = next;
  }
  return due;
}

void Dispatcher::run(storage::Connection& connection) {
  take_requests();
  for (const auto& lane : lanes_)
    lane->run(connection);
}

void Dispatcher::before_commit(storage::Connection& connection) {
  for (const auto& lane : lanes_)
    lane->save(connection);
}

void Dispatcher::committed() {
  const EventList events = outbox_.take_committed();
  const Seq newest = outbox_.committed();
  if (!events.empty()) {
    for (const auto& lane : lanes_)
      lane->offer(events, newest);
  }
  std::vector<EffectRunPtr> launches;
  for (EffectLane* lane : effect_lanes_) {
    auto some = lane->take_launches();
    launches.insert(launches.end(), std::make_move_iterator(some.begin()),
                    std::make_move_iterator(some.end()));
  }
  if (!launches.empty()) services_.launcher.launch(std::move(launches));
  for (const auto& callback : outbox_.take_callbacks())
    callback();
  for (const CommitObserver& observer : observers_)
    observer(events, newest);
  const std::lock_guard lock(mutex_);
  newest_ = newest;
  publish_status();
}

void Dispatcher::publish_status() {
  status_.clear();
  for (const auto& lane : lanes_)
    status_.push_back(lane->status());
}

void Dispatcher::scan(storage::Connection& connection) {
  for (const auto& lane : lanes_)
    lane->rescan(connection);
}

}  // namespace orderflow::events
