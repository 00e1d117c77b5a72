#pragma once

#include "billing/contract/payment_statement_requested.hpp"
#include "events/turn/turn.hpp"
#include "gateway/gateway.hpp"

#include <string_view>

namespace orderflow::billing {

/// Brings our books to what the gateway's say of a charge:
///
/// - a payment that waits for its answer is captured;
/// - a refund of ours is settled (`settle_refund`);
/// - one that the shop has made there becomes a row of origin `gateway`, once for its name:
///   requested while the gateway is at it, then made, with `payment.refunded`, or refused;
/// - a promised refund of ours that the gateway does not know and for which the shop has left too
///   little there is given up, as it can never be made (`payment.refund_abandoned`); where the
///   payment was to be canceled, what is left is to be paid back all the same;
/// - a refund of ours under `taken_key`, which was surely not made, as the gateway has just said,
///   goes on under another key (`renew_key`) where that key stands for another refund there: of
///   another node that has billed the order. The other one becomes a row.
///
/// What our books cannot hold is kept for a person (`cannot_book`). The same statement again
/// changes nothing; nothing follows from what it does not name but that the gateway does not know
/// it. Of a charge that is not ours nothing is written. True where a refund has become a row.
bool book_statement(events::Turn& turn, const PaymentGateway& gateway,
                    const ChargeStatement& statement, std::string_view taken_key = {});

/// Writes what was told of a dispute of that charge, unless something newer was told of it before.
void book_dispute(events::Turn& turn, const ChargeStatement& statement,
                  const DisputeReport& report);

}  // namespace orderflow::billing
