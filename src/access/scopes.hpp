#pragma once

#include "core/scope.hpp"
#include "http/routing/access.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::access {

/// What an API key may do: names of scopes, in the order they were added. No scope implies another:
/// `admin` alone places no order. A name that no route of this program needs grants nothing.
class Scopes {
 public:
  Scopes() = default;
  Scopes(std::initializer_list<core::Scope> scopes) {
    for (const core::Scope scope : scopes)
      add(scope.name());
  }

  /// Reads names with spaces between, as `text` writes them.
  static Scopes from_text(std::string_view text);

  /// Without effect where it is in the set.
  void add(std::string_view name);

  bool contains(std::string_view name) const noexcept;

  /// True for every scope in the set, for `any_key`, and for `open`.
  bool allow(const http::Access& access) const noexcept {
    return !access.scope() || contains(access.scope_name());
  }

  bool empty() const noexcept { return names_.empty(); }
  const std::vector<std::string>& names() const noexcept { return names_; }
  std::string text() const;  ///< the names with spaces between

  friend bool operator==(const Scopes&, const Scopes&) = default;

 private:
  std::vector<std::string> names_;
};

}  // namespace orderflow::access
