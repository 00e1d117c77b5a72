#pragma once

#include "access/scopes.hpp"
#include "core/scope.hpp"
#include "http/routing/router.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::access {

/// All scopes there are, whichever modules a node hosts, in the order of their registration. Filled
/// at start, read by all threads after.
class ScopeCatalog {
 public:
  /// Registers scopes of one owner. Throws `std::logic_error` where a name is taken, or none.
  void add(std::span<const core::Scope> scopes);

  /// Throws `std::logic_error` where a route needs a scope that is not registered, which no key
  /// could have.
  void require_known(const std::vector<http::Router::Route>& routes) const;

  /// The set of these names, in the order of the catalog; nothing where one is no scope.
  std::optional<Scopes> select(std::span<const std::string> names) const;

  std::span<const core::Scope> all() const noexcept { return scopes_; }
  std::vector<std::string> names() const;

 private:
  bool contains(std::string_view name) const noexcept;

  std::vector<core::Scope> scopes_;
};

}  // namespace orderflow::access
