#pragma once

#include "books/payment.hpp"
#include "events/delivery/retry_policy.hpp"

#include <string>

namespace orderflow::billing {

/// The identifiers that events carry as text. Throw `events::PermanentFailure` for a text that is
/// none: no retry can mend it.
inline OrderId order_id_of(const std::string& text) {
  const auto id = core::Uuid::parse(text);
  if (!id) throw events::PermanentFailure("'" + text + "' is not an order id");
  return OrderId{*id};
}

inline PaymentId payment_id_of(const std::string& text) {
  const auto id = core::Uuid::parse(text);
  if (!id) throw events::PermanentFailure("'" + text + "' is not a payment id");
  return PaymentId{*id};
}

}  // namespace orderflow::billing
