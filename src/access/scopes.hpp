#pragma once

#include "http/routing/access.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::access {

/// What an API key may do. No scope implies another: `admin` alone places no order.
class Scopes {
 public:
  /// Nothing where `name` is no scope.
  static std::optional<http::Access> from_name(std::string_view name) noexcept;

  /// The names of all scopes there are.
  static std::vector<std::string> all_names();

  /// Reads names with spaces between, as `text` writes them; unknown ones are left out: an older
  /// program grants a key no more than it understands.
  static Scopes from_text(std::string_view text) noexcept;

  void add(http::Access scope) noexcept { bits_ |= bit(scope); }

  /// True for every scope in the set, for `any_key`, and for `open`.
  bool allow(http::Access access) const noexcept {
    return http::scope_of(access).empty() || (bits_ & bit(access)) != 0;
  }

  bool empty() const noexcept { return bits_ == 0; }
  std::vector<std::string> names() const;
  std::string text() const;  ///< the names with spaces between

 private:
  static constexpr unsigned bit(http::Access scope) noexcept {
    return 1U << static_cast<unsigned>(scope);
  }

  unsigned bits_ = 0;
};

}  // namespace orderflow::access
