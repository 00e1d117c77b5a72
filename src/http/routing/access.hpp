#pragma once

#include "core/scope.hpp"

#include <optional>
#include <string_view>

namespace orderflow::http {

/// What a request needs to reach a route. Every route declares it at its registration.
class Access {
 public:
  /// Nothing, or a proof of the route's own: a signature, a link that cannot be guessed.
  static const Access open;
  /// An API key, whatever its scopes.
  static const Access any_key;

  /// An API key with this scope.
  constexpr Access(core::Scope scope) noexcept : needs_key_(true), scope_(scope) {}

  constexpr bool needs_key() const noexcept { return needs_key_; }
  /// Set: the key must have it.
  constexpr const std::optional<core::Scope>& scope() const noexcept { return scope_; }
  /// The scope's name: "orders:read"; empty for `open` and `any_key`.
  constexpr std::string_view scope_name() const noexcept {
    return scope_ ? scope_->name() : std::string_view();
  }

  friend constexpr bool operator==(const Access&, const Access&) = default;

 private:
  constexpr explicit Access(bool needs_key) noexcept : needs_key_(needs_key) {}

  bool needs_key_;
  std::optional<core::Scope> scope_;
};

inline constexpr Access Access::open{false};
inline constexpr Access Access::any_key{true};

}  // namespace orderflow::http
