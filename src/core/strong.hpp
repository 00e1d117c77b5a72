#pragma once

#include <compare>
#include <functional>
#include <utility>

namespace orderflow::core {

/// A value of type `Rep` that cannot be mistaken for another one of the same representation.
/// `Tag` names the meaning; construction is explicit, comparison is that of `Rep`.
///
///     using UserId = core::Strong<struct UserIdTag, std::string>;
template <class Tag, class Rep>
class Strong {
 public:
  Strong() = default;
  explicit Strong(Rep value) : value_(std::move(value)) {}

  const Rep& value() const noexcept { return value_; }

  friend bool operator==(const Strong&, const Strong&) = default;
  friend auto operator<=>(const Strong&, const Strong&) = default;

 private:
  Rep value_{};
};

}  // namespace orderflow::core

template <class Tag, class Rep>
struct std::hash<orderflow::core::Strong<Tag, Rep>> {
  std::size_t operator()(const orderflow::core::Strong<Tag, Rep>& id) const noexcept {
    return std::hash<Rep>{}(id.value());
  }
};
