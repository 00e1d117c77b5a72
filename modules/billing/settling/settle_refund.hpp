#pragma once

#include "books/refund.hpp"
#include "events/turn/turn.hpp"
#include "gateway/gateway.hpp"

#include <string>

namespace orderflow::billing {

/// Writes what the gateway has answered about a refund, whoever brings the answer: the attempt
/// itself, the gateway's event, or the reconciliation. One that is requested ends with the first
/// one:
///
/// - made: `payment.refunded`, and with the last part the payment is refunded;
/// - refused: its amount is free again, and `payment.refund_abandoned` says so;
/// - pending: nothing is said; the gateway's name for it is kept;
/// - its key is taken: it is requested again under the next one (`renew_key`).
///
/// A refund that has its answer is not changed, but that one that was given up and is made all the
/// same is made, as long as its amount is free; where it is not, or the gateway had refused it, it
/// cannot be booked (`cannot_book`). One that fails after it was made is told to the operator in
/// the log, and noted on the refund. What the shop has asked for at the gateway itself is settled
/// the same way; where it fails nothing is said, as nobody was promised it.
void settle_refund(events::Turn& turn, const std::string& gateway_key, const RefundResult& result);

/// Gives a refund that is not made another idempotency key, as its own stands for another refund at
/// the gateway; one that is requested is requested again under it.
void renew_key(events::Turn& turn, const Refund& refund);

/// Gives the amount of a refund that has ended without being made back to the payment, and says
/// `payment.refund_abandoned`.
void free_amount(events::Turn& turn, const Refund& refund, const std::string& reason);

}  // namespace orderflow::billing
