#pragma once

#include "books/refund.hpp"
#include "core/clock.hpp"
#include "events/turn/turn.hpp"
#include "gateway/gateway.hpp"
#include "host/idempotency_key.hpp"
#include "host/key_ages.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace orderflow::billing {

/// Refunds that may be asked for of one payment, whatever became of them. A cancellation may go
/// beyond.
inline constexpr std::int64_t refunds_max = 1'000;

/// What somebody wants to be paid back of a payment.
struct NewRefund {
  std::optional<std::int64_t> amount;  ///< minor unit, more than 0; nothing: all that is left
  std::string reason;                  ///< may be empty
};

/// Why a request changes nothing.
struct RefundDenied {
  enum class Why {
    no_such_payment,
    not_captured,
    nothing_left,
    above_what_is_left,
    not_representable,  ///< the gateway cannot pay back such an amount
    too_many
  };
  Why why;
  PaymentState state = PaymentState::requested;  ///< of the payment, where there is one
  std::int64_t left = 0;                         ///< that could be paid back
  std::int64_t representable = 0;  ///< of the amount that was wanted, the gateway could pay back
};

using RefundDecision = std::variant<Refund, RefundDenied>;

/// Promises to pay a part of a captured payment back through `gateway`, and publishes
/// `payment.refund_requested`. The refund has an idempotency key of its own, permanently. One over
/// the same amount that an operator gave up is taken up again under its old key, so that the money
/// moves once, whatever the gateway did with it before.
RefundDecision request_refund(events::Turn& turn, const PaymentGateway& gateway, PaymentId id,
                              const NewRefund& new_refund);

/// What was answered to a request, or is to be.
struct RefundAnswer {
  RefundId refund_id;
  std::string body;  ///< the refund as JSON
  bool replayed;     ///< it was answered before
};
struct KeyReused {};  ///< the idempotency key stands for another request
using RefundAnswerOrNot = std::variant<RefundAnswer, RefundDenied, KeyReused>;

/// The same, once an idempotency key: asked again with it, it gives the first answer again and
/// changes nothing. A key stands for its refund as long as `ages` says; none is kept of a request
/// that is denied. `ages` is that of `RefundIdempotencyStore::marks`.
RefundAnswerOrNot request_refund_once(events::Turn& turn, const PaymentGateway& gateway,
                                      PaymentId id, const NewRefund& new_refund,
                                      const std::optional<host::IdempotencyKey>& key,
                                      host::KeyAges& ages);

/// Answers the request to cancel a captured payment: what is neither paid back nor promised is to
/// be paid back too. A payment of nothing is paid back at once, without the gateway, and
/// `payment.refunded` is published. What of the rest the gateway cannot hold stays paid, as a
/// refused refund: the payment is not canceled then, and `payment.refund_abandoned` says so.
void pay_back_rest(events::Turn& turn, const PaymentGateway& gateway, const Payment& payment,
                   const std::string& reason);

}  // namespace orderflow::billing
