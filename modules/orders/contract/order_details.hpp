#pragma once

#include "core/typed_json.hpp"
#include "orders/contract/order_id.hpp"
#include "orders/contract/order_line.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace orderflow::orders {

/// What a buyer has ordered: the same in the request, in the order's row, in `order.created` and in
/// what the API shows of the order. A further field of an order is added here, with its JSON.
struct OrderDetails {
  UserId user_id;
  std::string email;  ///< may be empty
  core::Money total;
  std::string payment_method;  ///< may be empty: the gateway's default
  std::vector<OrderLine> items;

  friend bool operator==(const OrderDetails&, const OrderDetails&) = default;
};

/// Adds them to the members of the object that has them.
template <class Json>
void write_members(Json& json, const OrderDetails& details) {
  json["userId"] = details.user_id.value();
  json["currency"] = details.total.currency.code();
  json["totalAmount"] = details.total.amount;
  json["items"] = details.items;
  if (!details.email.empty()) json["email"] = details.email;
  if (!details.payment_method.empty()) json["paymentMethod"] = details.payment_method;
}

/// Reads them from such an object. Throws as nlohmann's `at` and `get` do.
inline void read_members(const nlohmann::json& json, OrderDetails& details) {
  json.at("userId").get_to(details.user_id);
  details.email = json.value("email", "");
  details.total = core::money_in(json, "totalAmount");
  details.payment_method = json.value("paymentMethod", "");
  json.at("items").get_to(details.items);
}

}  // namespace orderflow::orders
