#pragma once

#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace orderflow::billing {

/// A payment was paid back: in full, or a part of it. Its key is the order id.
struct PaymentRefunded {
  static constexpr std::string_view kind = "payment.refunded";
  static constexpr int version = 1;
  /// In a dead letter, by an operator: an address that was mistyped.
  static constexpr std::array<std::string_view, 1> editable{"email"};

  std::string order_id;
  std::string user_id;
  std::string email;     ///< the buyer's, for whoever tells him; may be empty
  std::string currency;  ///< ISO 4217
  std::int64_t amount;   ///< minor unit: what was paid back
  std::string payment_id;
  std::string refund_id;  ///< the gateway's name for the refund; ours where nothing was paid back

  std::string payment_refund_id = {};  ///< billing's name for it; empty in older events, and where
                                       ///< nothing was paid back
  std::int64_t remaining_amount = 0;   ///< what of the payment is not paid back yet
  std::string origin = {};  ///< "gateway" where the shop has paid back at the gateway itself; empty
                            ///< where it was asked for here

  bool is_full() const noexcept { return remaining_amount == 0; }

  friend bool operator==(const PaymentRefunded&, const PaymentRefunded&) = default;
};

template <class Json>
void to_json(Json& json, const PaymentRefunded& event) {
  json["orderId"] = event.order_id;
  json["userId"] = event.user_id;
  json["currency"] = event.currency;
  json["amount"] = event.amount;
  json["paymentId"] = event.payment_id;
  json["refundId"] = event.refund_id;
  if (!event.email.empty()) json["email"] = event.email;
  if (!event.payment_refund_id.empty()) json["paymentRefundId"] = event.payment_refund_id;
  if (!event.is_full()) json["remainingAmount"] = event.remaining_amount;
  if (!event.origin.empty()) json["origin"] = event.origin;
}

inline void from_json(const nlohmann::json& json, PaymentRefunded& event) {
  json.at("orderId").get_to(event.order_id);
  json.at("userId").get_to(event.user_id);
  event.email = json.value("email", "");
  json.at("currency").get_to(event.currency);
  json.at("amount").get_to(event.amount);
  json.at("paymentId").get_to(event.payment_id);
  json.at("refundId").get_to(event.refund_id);
  event.payment_refund_id = json.value("paymentRefundId", "");
  event.remaining_amount = json.value("remainingAmount", std::int64_t{0});
  event.origin = json.value("origin", "");
}

}  // namespace orderflow::billing
