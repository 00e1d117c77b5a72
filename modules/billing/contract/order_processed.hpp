#pragma once

#include "billing/contract/buyer.hpp"
#include "billing/contract/payment_id.hpp"
#include "core/typed_json.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::billing {

/// How billing ended for an order.
enum class OrderResult {
  processed,         ///< paid
  canceled_fraud,    ///< refused by the fraud rules, nothing was charged
  payment_declined,  ///< the payment gateway refused the charge
  canceled           ///< nothing was charged, for it was canceled before
};

constexpr std::string_view to_string(OrderResult result) noexcept {
  switch (result) {
    case OrderResult::processed:
      return "PROCESSED";
    case OrderResult::canceled_fraud:
      return "CANCELED_FRAUD";
    case OrderResult::payment_declined:
      return "PAYMENT_DECLINED";
    case OrderResult::canceled:
      break;
  }
  return "CANCELED";
}

inline OrderResult parse_order_result(std::string_view text) {
  for (const OrderResult result : {OrderResult::processed, OrderResult::canceled_fraud,
                                   OrderResult::payment_declined, OrderResult::canceled}) {
    if (to_string(result) == text) return result;
  }
  throw std::invalid_argument("unknown order result '" + std::string(text) + "'");
}

/// Billing has finished with an order. Its key is the order id.
struct OrderProcessed {
  static constexpr std::string_view kind = "order.processed";
  static constexpr int version = 1;
  /// In a dead letter, by an operator: an address that was mistyped.
  static constexpr std::array<std::string_view, 1> editable{"email"};

  OrderId order_id;
  Buyer buyer;
  core::Money amount;  ///< what was charged, or would have been
  OrderResult status;
  std::vector<std::string> reasons;  ///< codes: why it was not paid, as far as there is one
  std::optional<PaymentId> payment_id;

  friend bool operator==(const OrderProcessed&, const OrderProcessed&) = default;
};

template <class Json>
void to_json(Json& json, const OrderProcessed& event) {
  json["orderId"] = core::text_of(event.order_id);
  write_members(json, event.buyer);
  json["currency"] = event.amount.currency.code();
  json["amount"] = event.amount.amount;
  json["status"] = to_string(event.status);
  if (!event.reasons.empty()) json["reasons"] = event.reasons;
  if (event.payment_id) json["paymentId"] = core::text_of(*event.payment_id);
}

inline void from_json(const nlohmann::json& json, OrderProcessed& event) {
  json.at("orderId").get_to(event.order_id);
  read_members(json, event.buyer);
  event.amount = core::money_in(json, "amount");
  event.status = parse_order_result(json.at("status").get_ref<const std::string&>());
  event.reasons = json.value("reasons", std::vector<std::string>{});
  event.payment_id = core::optional_id<PaymentId>(json, "paymentId");
}

}  // namespace orderflow::billing
