#pragma once

#include "orders/contract/order_details.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <string_view>

namespace orderflow::orders {

/// An order was accepted and stored. Its key is the order id.
struct OrderCreated {
  static constexpr std::string_view kind = "order.created";
  static constexpr int version = 1;
  /// In a dead letter, by an operator: an address that was mistyped.
  static constexpr std::array<std::string_view, 1> editable{"email"};

  OrderId order_id;
  OrderDetails order;

  friend bool operator==(const OrderCreated&, const OrderCreated&) = default;
};

template <class Json>
void to_json(Json& json, const OrderCreated& event) {
  json["orderId"] = core::text_of(event.order_id);
  write_members(json, event.order);
}

inline void from_json(const nlohmann::json& json, OrderCreated& event) {
  json.at("orderId").get_to(event.order_id);
  read_members(json, event.order);
}

}  // namespace orderflow::orders
