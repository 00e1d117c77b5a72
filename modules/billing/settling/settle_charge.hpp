#pragma once

#include "books/payment.hpp"
#include "events/turn/turn.hpp"
#include "gateway/gateway.hpp"

#include <string>

namespace orderflow::billing {

/// Writes what the gateway has answered about a charge, whoever brings the answer: the attempt
/// itself, the gateway's event, or the reconciliation. A payment that waits for its answer ends
/// with the first one and says `order.processed`:
///
/// - approved: `PROCESSED`; where the order was to be canceled meanwhile, all of it is to go back
///   through `gateway`;
/// - declined: `PAYMENT_DECLINED`, or `CANCELED` where it was to be canceled;
/// - pending: nothing is said; it waits on as `processing`.
///
/// A payment that has its answer is not changed. One that was charged although it ended without a
/// charge here cannot be booked (`cannot_book`).
void settle_charge(events::Turn& turn, const PaymentGateway& gateway, PaymentId id,
                   const ChargeResult& result);

/// What is wrong with a charge of a payment that was not to be charged, or not so.
std::string needless_charge(const Payment& payment, const std::string& charge_reference);

}  // namespace orderflow::billing
