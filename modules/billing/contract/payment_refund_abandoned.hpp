#pragma once

#include "billing/contract/payment_id.hpp"
#include "core/typed_json.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace orderflow::billing {

/// A refund that was asked for is not going to be made: an operator gave it up, or the payment
/// gateway refuses it. Its amount stays paid. Its key is the order id.
struct PaymentRefundAbandoned {
  static constexpr std::string_view kind = "payment.refund_abandoned";
  static constexpr int version = 1;

  OrderId order_id;
  UserId user_id;
  std::optional<PaymentId> payment_id;             ///< nothing where another system was to pay back
  std::string reason;                              ///< in the operator's words, or the gateway's
  std::optional<RefundId> payment_refund_id = {};  ///< nothing in older events
  std::optional<core::Money> amount = {};  ///< nothing in older events, which were about all of it
  bool withdraws_cancellation = true;      ///< the order was to be canceled, and is not any more

  friend bool operator==(const PaymentRefundAbandoned&, const PaymentRefundAbandoned&) = default;
};

template <class Json>
void to_json(Json& json, const PaymentRefundAbandoned& event) {
  json["orderId"] = core::text_of(event.order_id);
  json["userId"] = event.user_id.value();
  if (event.payment_id) json["paymentId"] = core::text_of(*event.payment_id);
  json["reason"] = event.reason;
  if (event.payment_refund_id) json["paymentRefundId"] = core::text_of(*event.payment_refund_id);
  if (event.amount) {
    json["amount"] = event.amount->amount;
    json["currency"] = event.amount->currency.code();
  }
  if (!event.withdraws_cancellation) json["withdrawsCancellation"] = false;
}

inline void from_json(const nlohmann::json& json, PaymentRefundAbandoned& event) {
  json.at("orderId").get_to(event.order_id);
  json.at("userId").get_to(event.user_id);
  event.payment_id = core::optional_id<PaymentId>(json, "paymentId");
  json.at("reason").get_to(event.reason);
  event.payment_refund_id = core::optional_id<RefundId>(json, "paymentRefundId");
  event.amount = json.contains("amount") && json.contains("currency")
                     ? std::optional(core::money_in(json, "amount"))
                     : std::nullopt;
  event.withdraws_cancellation = json.value("withdrawsCancellation", true);
}

}  // namespace orderflow::billing
