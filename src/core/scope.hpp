#pragma once

#include <string_view>

namespace orderflow::core {

/// A right that an API key may have, such as "orders:read". The folder whose routes it opens
/// defines it as a constant, and the program registers it once for all keys (access::ScopeCatalog).
class Scope {
 public:
  enum class Holder {
    client,
    operations  ///< its requests are answered also where the server has no room left for others
  };

  /// `name` outlives it: a literal, without blanks.
  constexpr explicit Scope(std::string_view name, Holder holder = Holder::client) noexcept
      : name_(name), holder_(holder) {}

  constexpr std::string_view name() const noexcept { return name_; }
  constexpr Holder holder() const noexcept { return holder_; }

  friend constexpr bool operator==(const Scope&, const Scope&) = default;

 private:
  std::string_view name_;
  Holder holder_;
};

}  // namespace orderflow::core
