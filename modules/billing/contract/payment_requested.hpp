#pragma once

#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace orderflow::billing {

/// A payment was recorded and is to be charged. Internal to billing. Its key is the order id.
struct PaymentRequested {
  static constexpr std::string_view kind = "payment.requested";
  static constexpr int version = 1;
  /// In a dead letter, by an operator: while it is sure that the one before has paid nothing.
  static constexpr std::array<std::string_view, 1> editable{"paymentMethod"};

  std::string payment_id;
  std::string order_id;
  std::string user_id;
  std::string email;           ///< may be empty
  std::string currency;        ///< ISO 4217
  std::int64_t amount;         ///< minor unit
  std::string payment_method;  ///< may be empty: the gateway's default
  std::string gateway_key;     ///< the idempotency key of the charge; see `Payment::gateway_key`

  friend bool operator==(const PaymentRequested&, const PaymentRequested&) = default;
};

template <class Json>
void to_json(Json& json, const PaymentRequested& event) {
  json["paymentId"] = event.payment_id;
  json["orderId"] = event.order_id;
  json["userId"] = event.user_id;
  json["currency"] = event.currency;
  json["amount"] = event.amount;
  json["gatewayKey"] = event.gateway_key;
  if (!event.email.empty()) json["email"] = event.email;
  if (!event.payment_method.empty()) json["paymentMethod"] = event.payment_method;
}

inline void from_json(const nlohmann::json& json, PaymentRequested& event) {
  json.at("paymentId").get_to(event.payment_id);
  json.at("orderId").get_to(event.order_id);
  json.at("userId").get_to(event.user_id);
  event.email = json.value("email", "");
  json.at("currency").get_to(event.currency);
  json.at("amount").get_to(event.amount);
  event.payment_method = json.value("paymentMethod", "");
  json.at("gatewayKey").get_to(event.gateway_key);
}

}  // namespace orderflow::billing
