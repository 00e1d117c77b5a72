#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace orderflow::billing {

/// A captured payment is to be paid back, or a part of it. Internal to billing. Its key is the
/// order id.
struct PaymentRefundRequested {
  static constexpr std::string_view kind = "payment.refund_requested";
  static constexpr int version = 1;

  std::string payment_id;
  std::string order_id;
  std::string user_id;
  std::string email;                   ///< may be empty
  std::string currency;                ///< ISO 4217
  std::int64_t amount;                 ///< minor unit: what is to be paid back
  std::string payment_method;          ///< of the charge; may be empty: the gateway's default
  std::string gateway_reference;       ///< of the charge that is paid back
  std::string gateway_key;             ///< the idempotency key of the refund: the same at every try
  std::string reason;                  ///< of whoever asked for it; may be empty
  std::string payment_refund_id = {};  ///< billing's name for the refund; empty in older events

  friend bool operator==(const PaymentRefundRequested&, const PaymentRefundRequested&) = default;
};

template <class Json>
void to_json(Json& json, const PaymentRefundRequested& event) {
  json["paymentId"] = event.payment_id;
  json["orderId"] = event.order_id;
  json["userId"] = event.user_id;
  json["currency"] = event.currency;
  json["amount"] = event.amount;
  json["gatewayReference"] = event.gateway_reference;
  json["gatewayKey"] = event.gateway_key;
  if (!event.email.empty()) json["email"] = event.email;
  if (!event.payment_method.empty()) json["paymentMethod"] = event.payment_method;
  if (!event.reason.empty()) json["reason"] = event.reason;
  if (!event.payment_refund_id.empty()) json["paymentRefundId"] = event.payment_refund_id;
}

inline void from_json(const nlohmann::json& json, PaymentRefundRequested& event) {
  json.at("paymentId").get_to(event.payment_id);
  json.at("orderId").get_to(event.order_id);
  json.at("userId").get_to(event.user_id);
  event.email = json.value("email", "");
  json.at("currency").get_to(event.currency);
  json.at("amount").get_to(event.amount);
  event.payment_method = json.value("paymentMethod", "");
  json.at("gatewayReference").get_to(event.gateway_reference);
  json.at("gatewayKey").get_to(event.gateway_key);
  event.reason = json.value("reason", "");
  event.payment_refund_id = json.value("paymentRefundId", "");
}

}  // namespace orderflow::billing
