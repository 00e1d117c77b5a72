#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace orderflow::billing {

/// An operator gave up a refund that was asked for: the payment stays as it was before, and the
/// order with it. Its key is the order id.
struct PaymentRefundAbandoned {
  static constexpr std::string_view kind = "payment.refund_abandoned";
  static constexpr int version = 1;

  std::string order_id;
  std::string user_id;
  std::string payment_id;
  std::string reason;  ///< in the operator's words

  friend bool operator==(const PaymentRefundAbandoned&, const PaymentRefundAbandoned&) = default;
};

inline void to_json(nlohmann::json& json, const PaymentRefundAbandoned& event) {
  json = {{"orderId", event.order_id},
          {"userId", event.user_id},
          {"paymentId", event.payment_id},
          {"reason", event.reason}};
}

inline void from_json(const nlohmann::json& json, PaymentRefundAbandoned& event) {
  json.at("orderId").get_to(event.order_id);
  json.at("userId").get_to(event.user_id);
  json.at("paymentId").get_to(event.payment_id);
  json.at("reason").get_to(event.reason);
}

}  // namespace orderflow::billing
