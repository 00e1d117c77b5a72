#pragma once

#include "core/clock.hpp"
#include "core/strong.hpp"
#include "core/uuid.hpp"

#include <cstdint>
#include <string>

namespace orderflow::billing {

using PaymentId = core::Strong<struct PaymentIdTag, core::Uuid>;
using OrderId = core::Strong<struct OrderIdTag, core::Uuid>;

/// `requested` becomes `captured` or `declined`, which are final.
enum class PaymentState {
  requested,  ///< to be charged
  captured,   ///< paid, or nothing was to be paid
  declined    ///< refused by the gateway
};

/// What an order costs its buyer and how the charge went. There is one an order.
struct Payment {
  PaymentId id;
  OrderId order_id;
  std::string user_id;
  std::string currency;        ///< ISO 4217
  std::int64_t amount = 0;     ///< minor unit
  std::string payment_method;  ///< may be empty: the gateway's default
  PaymentState state = PaymentState::requested;
  std::string gateway_key;        ///< the idempotency key of the charge
  std::string gateway_reference;  ///< the gateway's name for the charge; empty where there is none
  std::string decline_code;       ///< empty unless declined
  std::int64_t attempts = 0;      ///< charges that ended: approved, declined or failed
  std::string last_error;         ///< of the last attempt that failed; empty where none did
  core::Timestamp created_at;
  core::Timestamp updated_at;
};

}  // namespace orderflow::billing
