#pragma once

#include "core/clock.hpp"
#include "core/money.hpp"
#include "events/timers.hpp"

#include <boost/asio/awaitable.hpp>

#include <stdexcept>
#include <string>
#include <variant>

namespace orderflow::billing {

/// One attempt to charge a buyer.
struct ChargeRequest {
  std::string idempotency_key;  ///< the same at every attempt: the gateway charges a key once
  core::Money amount;
  std::string payment_method;  ///< as the buyer gave it; may be empty
  std::string order_id;
  std::string payment_id;
  int attempt;               ///< from 1
  core::Timestamp deadline;  ///< the gateway gives up by then
  events::Timers* timers;    ///< to wait with `events::sleep_until`
};

struct Approved {
  std::string reference;  ///< the gateway's name for the charge
};

/// Final: a declined charge is not tried again.
struct Declined {
  std::string code;  ///< the gateway's reason, not empty
};

using ChargeResult = std::variant<Approved, Declined>;

/// The gateway gave no answer, or none that tells whether it has charged. The charge may be tried
/// again with the same key.
class GatewayError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Where payments are charged. Used on the effects' thread; charges run side by side.
class PaymentGateway {
 public:
  virtual ~PaymentGateway() = default;

  /// Ends by the request's deadline. Throws `GatewayError`. `request` must outlive the call: give a
  /// named local.
  virtual boost::asio::awaitable<ChargeResult> charge(const ChargeRequest& request) = 0;
};

}  // namespace orderflow::billing
