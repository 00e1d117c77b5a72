#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace orderflow::billing {

/// A payment was paid back in full. Its key is the order id.
struct PaymentRefunded {
  static constexpr std::string_view kind = "payment.refunded";
  static constexpr int version = 1;

  std::string order_id;
  std::string user_id;
  std::string email;     ///< the buyer's, for whoever tells him; may be empty
  std::string currency;  ///< ISO 4217
  std::int64_t amount;   ///< minor unit: what was paid back
  std::string payment_id;
  std::string refund_id;  ///< the gateway's name for the refund; ours where nothing was paid back

  friend bool operator==(const PaymentRefunded&, const PaymentRefunded&) = default;
};

inline void to_json(nlohmann::json& json, const PaymentRefunded& event) {
  json = {{"orderId", event.order_id},     {"userId", event.user_id},
          {"currency", event.currency},    {"amount", event.amount},
          {"paymentId", event.payment_id}, {"refundId", event.refund_id}};
  if (!event.email.empty()) json["email"] = event.email;
}

inline void from_json(const nlohmann::json& json, PaymentRefunded& event) {
  json.at("orderId").get_to(event.order_id);
  json.at("userId").get_to(event.user_id);
  event.email = json.value("email", "");
  json.at("currency").get_to(event.currency);
  json.at("amount").get_to(event.amount);
  json.at("paymentId").get_to(event.payment_id);
  json.at("refundId").get_to(event.refund_id);
}

}  // namespace orderflow::billing
