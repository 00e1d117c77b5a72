#pragma once

#include "events/delivery/effect_subscription_runner.hpp"
#include "events/delivery/follower_runner.hpp"
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
  void add(std::unique_ptr<EffectSubscriptionRunner> runner);
  void add(std::unique_ptr<SubscriptionRunner> runner);
  void add(std::unique_ptr<FollowerRunner> runner);

  /// Null where there is none of that name.
  SubscriptionRunner* find(std::string_view name) const noexcept;
  /// Null where there is none, or it is an effect.
  TransactionalRunner* find_transactional(std::string_view name) const noexcept;

  const std::vector<EffectSubscriptionRunner*>& effects() const noexcept { return effects_; }
  Owned::const_iterator begin() const noexcept { return all_.begin(); }
  Owned::const_iterator end() const noexcept { return all_.end(); }
  std::size_t size() const noexcept { return all_.size(); }

 private:
  void require_new_name(const SubscriptionRunner& runner) const;

  Owned all_;
  std::vector<EffectSubscriptionRunner*> effects_;
  std::vector<TransactionalRunner*> transactional_;
};

}  // namespace orderflow::events
