#pragma once

#include "billing/contract/buyer.hpp"
#include "core/clock.hpp"
#include "core/money.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orderflow::billing {

/// How a payment stands; `PaymentChange` has the transitions. An attempt is durable as `sending`
/// before the gateway is asked, so what is `requested` was never charged and what is `sending` may
/// have been. While parts of it go back it is `captured`: see `Refund`.
enum class PaymentState {
  requested,   ///< to be charged; the gateway was not asked yet
  sending,     ///< the gateway is or was asked, its answer is not known
  processing,  ///< the gateway has it in hand and tells later how it ends
  captured,    ///< paid, or nothing was to be paid; parts of it may have been paid back
  declined,    ///< refused by the gateway, or given up by an operator
  canceled,    ///< canceled before the gateway was asked
  refused,     ///< refused by the fraud rules: never to be charged
  refunded     ///< paid back in full
};

/// "requested", "sending", …: as it is stored.
std::string_view to_string(PaymentState state) noexcept;
/// Throws `std::runtime_error` for a text that is none.
PaymentState parse_payment_state(std::string_view text);

/// What changes a payment's state. From which state to which: the table in payment.cpp, which the
/// store's statements are made of.
enum class PaymentChange {
  send,     ///< the gateway is about to be asked
  process,  ///< it tells later how it ends
  capture,  ///< it has charged
  decline,  ///< it has refused
  give_up,  ///< an operator has given the charge up
  cancel,   ///< the buyer has, before the gateway was asked
  refund    ///< the last part has gone back
};

/// Whether a payment in a state can be changed so.
bool may(PaymentChange change, PaymentState from) noexcept;
/// The state that it is in then.
PaymentState state_after(PaymentChange change) noexcept;
/// The states in which it can be changed so, as SQL: `'sending', 'processing'`.
std::string states_before(PaymentChange change);

/// The code of a payment that an operator gave up.
inline constexpr std::string_view discarded_code = "discarded";

/// What an order costs its buyer, how the charge went, and what of it goes back. There is one an
/// order.
struct Payment {
  PaymentId id;
  OrderId order_id;
  Buyer buyer;
  core::Money amount;
  std::string payment_method;  ///< may be empty: the gateway's default
  PaymentState state = PaymentState::requested;
  std::string gateway_key;           ///< the idempotency key of the charge; see gateway_key.hpp
  std::string gateway_reference;     ///< the gateway's name for the charge; empty until it is known
  std::string decline_code;          ///< empty unless declined
  std::int64_t attempts = 0;         ///< charges that ended: with an answer or a failure
  std::string last_error;            ///< of the last attempt that failed; empty where none did
  bool cancel_requested = false;     ///< the buyer wants his money back, or not to pay at all
  std::string cancel_reason;         ///< in his words; may be empty
  std::int64_t refunded_amount = 0;  ///< minor unit: the sum of the refunds that were made
  std::int64_t refunding_amount = 0;       ///< and of those that are promised and not made yet
  std::int64_t disputed_amount = 0;        ///< taken back by the buyer's bank: see `Dispute`
  std::optional<core::Timestamp> sent_at;  ///< when the gateway was asked to charge first
  /// Attempts that were begun under the key, with an answer or without; one that another node may
  /// have made is among them.
  std::int64_t sendings = 0;
  core::Timestamp created_at;
  core::Timestamp updated_at;
};

}  // namespace orderflow::billing
