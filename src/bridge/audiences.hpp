#pragma once

#include "bridge/queue_plan.hpp"
#include "events/log/catalog.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::bridge {

/// A module on other nodes that must hear an event of this one.
struct Audience {
  std::string module;
  /// The node alone that the event's causal chain began on; else any one of the module's.
  bool is_home = false;
};

/// Who must hear what this node publishes, as the catalog tells. It does not change.
class Audiences {
 public:
  Audiences(const PlannedNode& node, const events::Catalog& catalog);

  /// Those of a kind. Modules of this node are none: they handle it here.
  const std::vector<Audience>& of(std::string_view kind) const;

  /// The modules that any one node of is sent to.
  const std::set<std::string>& shared() const noexcept { return shared_; }

 private:
  std::map<std::string, std::vector<Audience>, std::less<>> by_kind_;
  std::set<std::string> shared_;
};

}  // namespace orderflow::bridge
