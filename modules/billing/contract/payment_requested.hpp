#pragma once

#include "billing/contract/buyer.hpp"
#include "billing/contract/payment_id.hpp"
#include "core/typed_json.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <string>
#include <string_view>

namespace orderflow::billing {

/// A payment was recorded and is to be charged. Internal to billing. Its key is the order id.
struct PaymentRequested {
  static constexpr std::string_view kind = "payment.requested";
  static constexpr int version = 1;
  /// In a dead letter, by an operator: while it is sure that the one before has paid nothing.
  static constexpr std::array<std::string_view, 1> editable{"paymentMethod"};

  PaymentId payment_id;
  OrderId order_id;
  Buyer buyer;
  core::Money amount;
  std::string payment_method;  ///< may be empty: the gateway's default
  std::string gateway_key;     ///< the idempotency key of the charge; see `Payment::gateway_key`

  friend bool operator==(const PaymentRequested&, const PaymentRequested&) = default;
};

template <class Json>
void to_json(Json& json, const PaymentRequested& event) {
  json["paymentId"] = core::text_of(event.payment_id);
  json["orderId"] = core::text_of(event.order_id);
  write_members(json, event.buyer);
  json["currency"] = event.amount.currency.code();
  json["amount"] = event.amount.amount;
  json["gatewayKey"] = event.gateway_key;
  if (!event.payment_method.empty()) json["paymentMethod"] = event.payment_method;
}

inline void from_json(const nlohmann::json& json, PaymentRequested& event) {
  json.at("paymentId").get_to(event.payment_id);
  json.at("orderId").get_to(event.order_id);
  read_members(json, event.buyer);
  event.amount = core::money_in(json, "amount");
  event.payment_method = json.value("paymentMethod", "");
  json.at("gatewayKey").get_to(event.gateway_key);
}

}  // namespace orderflow::billing
