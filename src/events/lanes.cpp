#include "events/lanes.hpp"

#include <stdexcept>

namespace orderflow::events {

void Lanes::require_new_name(const Lane& lane) const {
  if (find(lane.name()) != nullptr) {
    throw std::logic_error("two subscriptions are named " + lane.name());
  }
}

void Lanes::add(std::unique_ptr<TransactionalLane> lane) {
  require_new_name(*lane);
  transactional_.push_back(lane.get());
  all_.push_back(std::move(lane));
}

void Lanes::add(std::unique_ptr<EffectLane> lane) {
  require_new_name(*lane);
  effects_.push_back(lane.get());
  all_.push_back(std::move(lane));
}

void Lanes::add(std::unique_ptr<RelayLane> lane) {
  require_new_name(*lane);
  all_.push_back(std::move(lane));
}

void Lanes::add(std::unique_ptr<FollowerLane> lane) {
  require_new_name(*lane);
  all_.push_back(std::move(lane));
}

Lane* Lanes::find(std::string_view name) const noexcept {
  for (const auto& lane : all_) {
    if (lane->name() == name) return lane.get();
  }
  return nullptr;
}

TransactionalLane* Lanes::find_transactional(std::string_view name) const noexcept {
  for (TransactionalLane* lane : transactional_) {
    if (lane->name() == name) return lane;
  }
  return nullptr;
}

}  // namespace orderflow::events
