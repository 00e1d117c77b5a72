#include "access/scope_catalog.hpp"

#include <algorithm>
#include <stdexcept>

namespace orderflow::access {

void ScopeCatalog::add(std::span<const core::Scope> scopes) {
  for (const core::Scope scope : scopes) {
    const bool is_name = !scope.name().empty() && scope.name().find(' ') == std::string_view::npos;
    if (!is_name) throw std::logic_error("not a scope: \"" + std::string(scope.name()) + "\"");
    if (contains(scope.name())) {
      throw std::logic_error("a scope is registered twice: " + std::string(scope.name()));
    }
    scopes_.push_back(scope);
  }
}

void ScopeCatalog::require_known(const std::vector<http::Router::Route>& routes) const {
  for (const http::Router::Route& route : routes) {
    if (!route.access.scope() || contains(route.access.scope_name())) continue;
    throw std::logic_error(route.pattern + " needs a scope that is not registered: " +
                           std::string(route.access.scope_name()));
  }
}

std::optional<Scopes> ScopeCatalog::select(std::span<const std::string> names) const {
  const auto is_known = [this](const std::string& name) { return contains(name); };
  if (!std::ranges::all_of(names, is_known)) return std::nullopt;
  Scopes selected;
  for (const core::Scope scope : scopes_) {
    if (std::ranges::find(names, scope.name()) != names.end()) selected.add(scope.name());
  }
  return selected;
}

std::vector<std::string> ScopeCatalog::names() const {
  std::vector<std::string> names;
  for (const core::Scope scope : scopes_)
    names.emplace_back(scope.name());
  return names;
}

bool ScopeCatalog::contains(std::string_view name) const noexcept {
  return std::ranges::find(scopes_, name, &core::Scope::name) != scopes_.end();
}

}  // namespace orderflow::access
