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

/// One attempt to pay a part of a charge back, or all of it.
struct RefundRequest {
  std::string idempotency_key;  ///< the same at every attempt: the gateway pays a key back once
  core::Money amount;
  std::string charge_reference;  ///< the gateway's name for the charge
  std::string payment_method;    ///< of the charge; may be empty
  std::string order_id;
  std::string payment_id;
  std::string refund_id;     ///< ours; empty where it was asked for before refunds had one
  int attempt;               ///< from 1
  core::Timestamp deadline;  ///< the gateway gives up by then
  events::Timers* timers;    ///< to wait with `events::sleep_until`
};

struct RefundMade {
  std::string reference;  ///< the gateway's name for the refund
};

/// Final: no money has moved under this key, and none will. Not to be said where that is not sure.
struct RefundRefused {
  std::string code;  ///< the gateway's reason, not empty
};

using RefundResult = std::variant<RefundMade, RefundRefused>;

/// The gateway gave no answer, or none that tells whether it has moved the money. The same may be
/// tried again with the same key.
class GatewayError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Where payments are charged and paid back. Used on the effects' thread; requests run side by
/// side.
class PaymentGateway {
 public:
  virtual ~PaymentGateway() = default;

  /// Ends by the request's deadline. Throws `GatewayError`. `request` must outlive the call: give a
  /// named local.
  virtual boost::asio::awaitable<ChargeResult> charge(const ChargeRequest& request) = 0;

  /// The same for a refund.
  virtual boost::asio::awaitable<RefundResult> refund(const RefundRequest& request) = 0;
};

}  // namespace orderflow::billing
