#pragma once

#include "core/money.hpp"
#include "core/order_id.hpp"
#include "core/uuid.hpp"

#include <cstdint>
#include <string_view>

namespace orderflow::test {

/// The identifier of a text that is one.
template <class Id = core::OrderId>
Id id_of(std::string_view text) {
  return Id{core::Uuid::parse(text).value()};
}

/// An amount in the minor unit of a currency, known or not.
inline core::Money money(std::int64_t amount, std::string_view currency = "EUR") {
  return {amount, core::Currency::of_any_node(currency).value()};
}

}  // namespace orderflow::test
