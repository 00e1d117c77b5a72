#include "bridge/audiences.hpp"

namespace orderflow::bridge {

using events::Distribution;

Audiences::Audiences(const PlannedNode& node, const events::Catalog& catalog) {
  for (const events::ModuleSubscription& subscription : catalog.module_subscriptions()) {
    if (node.hosted.contains(subscription.module)) continue;
    const bool is_home = subscription.distribution == Distribution::home_node;
    by_kind_[subscription.kind].push_back({.module = subscription.module, .is_home = is_home});
    if (!is_home) shared_.insert(subscription.module);
  }
}

const std::vector<Audience>& Audiences::of(std::string_view kind) const {
  static const std::vector<Audience> none;
  const auto found = by_kind_.find(kind);
  return found == by_kind_.end() ? none : found->second;
}

}  // namespace orderflow::bridge
