#pragma once

#include "events/effect_lane.hpp"
#include "events/follower_lane.hpp"
#include "events/relay_lane.hpp"
#include "events/transactional_lane.hpp"

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::events {

/// The subscriptions of a node at work. Filled before the node starts; then they belong to the
/// writer thread.
class Lanes {
 public:
  using Owned = std::vector<std::unique_ptr<Lane>>;

  void add(std::unique_ptr<TransactionalLane> lane);
  void add(std::unique_ptr<EffectLane> lane);
  void add(std::unique_ptr<RelayLane> lane);
  void add(std::unique_ptr<FollowerLane> lane);

  /// Null where there is none of that name.
  Lane* find(std::string_view name) const noexcept;
  /// Null where there is none, or it is an effect.
  TransactionalLane* find_transactional(std::string_view name) const noexcept;

  const std::vector<EffectLane*>& effects() const noexcept { return effects_; }
  Owned::const_iterator begin() const noexcept { return all_.begin(); }
  Owned::const_iterator end() const noexcept { return all_.end(); }
  std::size_t size() const noexcept { return all_.size(); }

 private:
  void require_new_name(const Lane& lane) const;

  Owned all_;
  std::vector<EffectLane*> effects_;
  std::vector<TransactionalLane*> transactional_;
};

}  // namespace orderflow::events
