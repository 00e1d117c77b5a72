#pragma once

#include "books/payment.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orderflow::billing {

/// How a refund stands; `RefundChange` has the transitions.
enum class RefundState {
  requested,  ///< to be made: the gateway is or may have been asked; its amount is promised
  made,       ///< paid back
  refused,    ///< the gateway has said no, for good
  abandoned   ///< given up by an operator, or as too little is left at the gateway
};

/// What changes a refund's state, as `PaymentChange` does a payment's.
enum class RefundChange {
  make,          ///< the gateway has paid it back
  refuse,        ///< the gateway has said no
  abandon,       ///< it is given up
  take_up_again  ///< it is requested again, or was made after all
};

/// Whether a refund in a state can be changed so.
bool may(RefundChange change, RefundState from) noexcept;
RefundState state_after(RefundChange change) noexcept;
std::string states_before(RefundChange change);

/// Who has asked the gateway for it.
enum class RefundOrigin {
  orderflow,  ///< we have
  gateway     ///< the shop has, at the gateway itself, such as in its dashboard
};

/// "orderflow" or "gateway": as it is stored and shown.
std::string_view to_string(RefundOrigin origin) noexcept;

/// "requested", "made", …: as it is stored.
std::string_view to_string(RefundState state) noexcept;
/// Throws `std::runtime_error` for a text that is none.
RefundState parse_refund_state(std::string_view text);

/// One part of a captured payment that goes back to the buyer, or all of it.
struct Refund {
  RefundId id;
  PaymentId payment_id;
  OrderId order_id;
  core::Money amount;  ///< more than 0
  std::string reason;  ///< of whoever asked for it; may be empty
  RefundState state = RefundState::requested;
  RefundOrigin origin = RefundOrigin::orderflow;
  std::string
      gateway_key;  ///< its idempotency key, permanently: it is made, or booked, at most once
  std::string gateway_reference;  ///< the gateway's name for it; empty until it is made
  std::int64_t attempts = 0;      ///< that ended: made, refused or failed
  std::string last_error;         ///< of the last attempt that did not succeed; may be empty
  std::optional<core::Timestamp> sent_at;  ///< when its key was sent first
  std::int64_t sendings = 0;  ///< attempts that were begun under the key, with an answer or without
  core::Timestamp created_at;
  core::Timestamp updated_at;
};

/// What of a captured payment is neither paid back nor promised.
inline std::int64_t left_to_refund(const Payment& payment) noexcept {
  return payment.state == PaymentState::captured
             ? payment.amount.amount - payment.refunded_amount - payment.refunding_amount
             : 0;
}

}  // namespace orderflow::billing
