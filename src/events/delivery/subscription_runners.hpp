#pragma once

#include "events/delivery/transactional_runner.hpp"

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::events {

/// The subscriptions of a node at work. Filled before the node starts; then they belong to the
/// writer thread.
class SubscriptionRunners {
 public:
  using Owned = std::vector<std::unique_ptr<SubscriptionRunner>>;

  void add(std::unique_ptr<TransactionalRunner> runner);
  void add(std::unique_ptr<SubscriptionRunner> runner);

  /// Null where there is none of that name.
  SubscriptionRunner* find(std::string_view name) const noexcept;
  /// Null where there is none, or it is another kind of subscription.
  TransactionalRunner* find_transactional(std::string_view name) const noexcept;

  Owned::const_iterator begin() const noexcept { return all_.begin(); }
  Owned::const_iterator end() const noexcept { return all_.end(); }
  std::size_t size() const noexcept { return all_.size(); }

 private:
  Owned all_;
  std::vector<TransactionalRunner*> transactional_;
};

}  // namespace orderflow::events
