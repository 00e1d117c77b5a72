#include "events/delivery/subscription_runners.hpp"

#include <stdexcept>

namespace orderflow::events {

void SubscriptionRunners::add(std::unique_ptr<TransactionalRunner> runner) {
  TransactionalRunner* const added = runner.get();
  add(std::unique_ptr<SubscriptionRunner>(std::move(runner)));
  transactional_.push_back(added);
}

void SubscriptionRunners::add(std::unique_ptr<SubscriptionRunner> runner) {
  if (find(runner->name()) != nullptr) {
    throw std::logic_error("two subscriptions are named " + runner->name());
  }
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
