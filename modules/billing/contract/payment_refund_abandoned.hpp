#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace orderflow::billing {

/// A refund that was asked for is not going to be made: an operator gave it up, or the payment
/// gateway refuses it. Its amount stays paid. Its key is the order id.
struct PaymentRefundAbandoned {
  static constexpr std::string_view kind = "payment.refund_abandoned";
  static constexpr int version = 1;

  std::string order_id;
  std::string user_id;
  std::string payment_id;
  std::string reason;                  ///< in the operator's words, or the gateway's
  std::string payment_refund_id = {};  ///< billing's name for the refund; empty in older events
  std::int64_t amount = 0;    ///< minor unit; 0 in older events, which were about all of it
  std::string currency = {};  ///< ISO 4217; empty in older events
  bool withdraws_cancellation = true;  ///< the order was to be canceled, and is not any more

  friend bool operator==(const PaymentRefundAbandoned&, const PaymentRefundAbandoned&) = default;
};

template <class Json>
void to_json(Json& json, const PaymentRefundAbandoned& event) {
  json["orderId"] = event.order_id;
  json["userId"] = event.user_id;
  json["paymentId"] = event.payment_id;
  json["reason"] = event.reason;
  if (!event.payment_refund_id.empty()) json["paymentRefundId"] = event.payment_refund_id;
  if (event.amount != 0) json["amount"] = event.amount;
  if (!event.currency.empty()) json["currency"] = event.currency;
  if (!event.withdraws_cancellation) json["withdrawsCancellation"] = false;
}

inline void from_json(const nlohmann::json& json, PaymentRefundAbandoned& event) {
  json.at("orderId").get_to(event.order_id);
  json.at("userId").get_to(event.user_id);
  json.at("paymentId").get_to(event.payment_id);
  json.at("reason").get_to(event.reason);
  event.payment_refund_id = json.value("paymentRefundId", "");
  event.amount = json.value("amount", std::int64_t{0});
  event.currency = json.value("currency", "");
  event.withdraws_cancellation = json.value("withdrawsCancellation", true);
}

}  // namespace orderflow::billing
