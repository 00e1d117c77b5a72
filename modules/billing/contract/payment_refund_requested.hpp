#pragma once

#include "billing/contract/buyer.hpp"
#include "billing/contract/payment_id.hpp"
#include "core/typed_json.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace orderflow::billing {

/// A captured payment is to be paid back, or a part of it. Internal to billing. Its key is the
/// order id.
struct PaymentRefundRequested {
  static constexpr std::string_view kind = "payment.refund_requested";
  static constexpr int version = 1;

  PaymentId payment_id;
  OrderId order_id;
  Buyer buyer;
  core::Money amount;             ///< what is to be paid back
  std::string payment_method;     ///< of the charge; may be empty: the gateway's default
  std::string gateway_reference;  ///< of the charge that is paid back
  std::string gateway_key;        ///< the idempotency key of the refund: the same at every try
  std::string reason;             ///< of whoever asked for it; may be empty
  std::optional<RefundId> payment_refund_id = {};  ///< nothing in older events

  friend bool operator==(const PaymentRefundRequested&, const PaymentRefundRequested&) = default;
};

template <class Json>
void to_json(Json& json, const PaymentRefundRequested& event) {
  json["paymentId"] = core::text_of(event.payment_id);
  json["orderId"] = core::text_of(event.order_id);
  write_members(json, event.buyer);
  json["currency"] = event.amount.currency.code();
  json["amount"] = event.amount.amount;
  json["gatewayReference"] = event.gateway_reference;
  json["gatewayKey"] = event.gateway_key;
  if (!event.payment_method.empty()) json["paymentMethod"] = event.payment_method;
  if (!event.reason.empty()) json["reason"] = event.reason;
  if (event.payment_refund_id) json["paymentRefundId"] = core::text_of(*event.payment_refund_id);
}

inline void from_json(const nlohmann::json& json, PaymentRefundRequested& event) {
  json.at("paymentId").get_to(event.payment_id);
  json.at("orderId").get_to(event.order_id);
  read_members(json, event.buyer);
  event.amount = core::money_in(json, "amount");
  event.payment_method = json.value("paymentMethod", "");
  json.at("gatewayReference").get_to(event.gateway_reference);
  json.at("gatewayKey").get_to(event.gateway_key);
  event.reason = json.value("reason", "");
  event.payment_refund_id = core::optional_id<RefundId>(json, "paymentRefundId");
}

}  // namespace orderflow::billing
