#include "events/delivery/subscription_runners.hpp"

#include <stdexcept>

namespace orderflow::events {

void SubscriptionRunners::require_new_name(const SubscriptionRunner& runner) const {
  if (find(runner.name()) != nullptr) {
    throw std::logic_error("two subscriptions are named " + runner.name());
  }
}

void SubscriptionRunners::add(std::unique_ptr<TransactionalRunner> runner) {
  require_new_name(*runner);
  transactional_.push_back(runner.get());
  all_.push_back(std::move(runner));
}

void SubscriptionRunners::add(std::unique_ptr<EffectSubscriptionRunner> runner) {
  require_new_name(*runner);
  effects_.push_back(runner.get());
  all_.push_back(std::move(runner));
}

void SubscriptionRunners::add(std::unique_ptr<SubscriptionRunner> runner) {
  require_new_name(*runner);
  all_.push_back(std::move(runner));
}

void SubscriptionRunners::add(std::unique_ptr<FollowerRunner> runner) {
  require_new_name(*runner);
  all_.push_back(std::move(runner));
}

SubscriptionRunner* SubscriptionRunners::find(std::string_view name) const noexcept {
  for (const auto& runner : all_) {
    if (runner->name() == name) return runner.get();
  }
  return nullptr;
}

TransactionalRunner* SubscriptionRunners::find_transactional(std::string_view name) const noexcept {
  for (TransactionalRunner* runner : transactional_) {
    if (runner->name() == name) return runner;
  }
  return nullptr;
}

}  // namespace orderflow::events
