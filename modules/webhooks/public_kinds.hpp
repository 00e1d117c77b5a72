#pragma once

#include "events/log/catalog.hpp"

#include <set>
#include <string>

namespace orderflow::webhooks {

/// The kinds that an endpoint can ask for: those that the catalog has as public.
inline std::set<std::string, std::less<>> public_kinds(const events::Catalog& catalog) {
  std::set<std::string, std::less<>> kinds;
  for (const events::EventType& type : catalog.types()) {
    if (type.visibility == events::Visibility::published) kinds.insert(type.kind);
  }
  return kinds;
}

}  // namespace orderflow::webhooks
