#pragma once

#include "core/typed_json.hpp"
#include "orders/contract/order_id.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace orderflow::orders {

/// Somebody asked to cancel an order that was not at its end. Its key is the order id.
struct OrderCancelRequested {
  static constexpr std::string_view kind = "order.cancel_requested";
  static constexpr int version = 1;

  OrderId order_id;
  UserId user_id;
  std::string reason;  ///< in the asker's words; may be empty

  friend bool operator==(const OrderCancelRequested&, const OrderCancelRequested&) = default;
};

template <class Json>
void to_json(Json& json, const OrderCancelRequested& event) {
  json["orderId"] = core::text_of(event.order_id);
  json["userId"] = event.user_id.value();
  if (!event.reason.empty()) json["reason"] = event.reason;
}

inline void from_json(const nlohmann::json& json, OrderCancelRequested& event) {
  json.at("orderId").get_to(event.order_id);
  json.at("userId").get_to(event.user_id);
  event.reason = json.value("reason", "");
}

}  // namespace orderflow::orders
