#pragma once

#include "billing/contract/buyer.hpp"
#include "billing/contract/payment_id.hpp"
#include "core/typed_json.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orderflow::billing {

/// A payment was paid back: in full, or a part of it. Its key is the order id.
struct PaymentRefunded {
  static constexpr std::string_view kind = "payment.refunded";
  static constexpr int version = 1;
  /// In a dead letter, by an operator: an address that was mistyped.
  static constexpr std::array<std::string_view, 1> editable{"email"};

  OrderId order_id;
  Buyer buyer;
  core::Money amount;                   ///< what was paid back
  std::optional<PaymentId> payment_id;  ///< nothing where another system has paid back
  std::string refund_id;  ///< the gateway's name for the refund; ours where nothing was paid back

  std::optional<RefundId> payment_refund_id = {};  ///< nothing in older events, and where nothing
                                                   ///< was paid back
  std::int64_t remaining_amount = 0;  ///< minor unit: what of the payment is not paid back yet
  std::string origin = {};  ///< "gateway" where the shop has paid back at the gateway itself; empty
                            ///< where it was asked for here

  bool is_full() const noexcept { return remaining_amount == 0; }

  friend bool operator==(const PaymentRefunded&, const PaymentRefunded&) = default;
};

template <class Json>
void to_json(Json& json, const PaymentRefunded& event) {
  json["orderId"] = core::text_of(event.order_id);
  write_members(json, event.buyer);
  json["currency"] = event.amount.currency.code();
  json["amount"] = event.amount.amount;
  if (event.payment_id) json["paymentId"] = core::text_of(*event.payment_id);
  json["refundId"] = event.refund_id;
  if (event.payment_refund_id) json["paymentRefundId"] = core::text_of(*event.payment_refund_id);
  if (!event.is_full()) json["remainingAmount"] = event.remaining_amount;
  if (!event.origin.empty()) json["origin"] = event.origin;
}

inline void from_json(const nlohmann::json& json, PaymentRefunded& event) {
  json.at("orderId").get_to(event.order_id);
  read_members(json, event.buyer);
  event.amount = core::money_in(json, "amount");
  event.payment_id = core::optional_id<PaymentId>(json, "paymentId");
  json.at("refundId").get_to(event.refund_id);
  event.payment_refund_id = core::optional_id<RefundId>(json, "paymentRefundId");
  event.remaining_amount = json.value("remainingAmount", std::int64_t{0});
  event.origin = json.value("origin", "");
}

}  // namespace orderflow::billing
