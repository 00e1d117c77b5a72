#include "events/flow_status.hpp"

namespace orderflow::events {

void StatusBoard::begin(Seq newest) {
  {
    const std::lock_guard lock(mutex_);
    for (const auto& runner : runners_) {
      SubscriptionStatus& status = status_.subscriptions.emplace_back();
      status.name = runner->name();
      status.module = runner->module();
      status.kinds = runner->kinds();
    }
    rates_.resize(runners_.size());
  }
  publish(newest);
}

void StatusBoard::publish(Seq newest) {
  const core::Timestamp now = clock_.now();
  const std::lock_guard lock(mutex_);
  status_.newest = newest;
  std::size_t i = 0;
  for (const auto& runner : runners_) {
    runner->describe(status_.subscriptions[i]);
    rates_[i].sample(now, status_.subscriptions[i].record.handled);
    ++i;
  }
  status_.rebuilds = rebuilds_.status();
}

FlowStatus StatusBoard::status() const {
  const std::lock_guard lock(mutex_);
  FlowStatus status = status_;
  auto runner = runners_.begin();
  for (SubscriptionStatus& one : status.subscriptions)
    (*runner++)->recheck(one);
  return status;
}

Seq StatusBoard::newest() const {
  const std::lock_guard lock(mutex_);
  return status_.newest;
}

double StatusBoard::rate(std::string_view subscription) const {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < status_.subscriptions.size(); ++i) {
    if (status_.subscriptions[i].name == subscription) return rates_[i].a_second(clock_.now());
  }
  return 0;
}

}  // namespace orderflow::events
