#pragma once

#include "orders/contract/order_line.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::orders {

/// An order was accepted and stored. Its key is the order id.
struct OrderCreated {
  static constexpr std::string_view kind = "order.created";
  static constexpr int version = 1;
  /// In a dead letter, by an operator: an address that was mistyped.
  static constexpr std::array<std::string_view, 1> editable{"email"};

  std::string order_id;
  std::string user_id;
  std::string email;           ///< may be empty
  std::string currency;        ///< ISO 4217
  std::int64_t total_amount;   ///< minor unit
  std::string payment_method;  ///< may be empty: the gateway's default
  std::vector<OrderLine> items;

  friend bool operator==(const OrderCreated&, const OrderCreated&) = default;
};

template <class Json>
void to_json(Json& json, const OrderCreated& event) {
  json["orderId"] = event.order_id;
  json["userId"] = event.user_id;
  json["currency"] = event.currency;
  json["totalAmount"] = event.total_amount;
  json["items"] = event.items;
  if (!event.email.empty()) json["email"] = event.email;
  if (!event.payment_method.empty()) json["paymentMethod"] = event.payment_method;
}

inline void from_json(const nlohmann::json& json, OrderCreated& event) {
  json.at("orderId").get_to(event.order_id);
  json.at("userId").get_to(event.user_id);
  event.email = json.value("email", "");
  json.at("currency").get_to(event.currency);
  json.at("totalAmount").get_to(event.total_amount);
  event.payment_method = json.value("paymentMethod", "");
  json.at("items").get_to(event.items);
}

}  // namespace orderflow::orders
