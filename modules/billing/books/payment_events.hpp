#pragma once

#include "billing/contract/order_processed.hpp"
#include "billing/contract/payment_refund_abandoned.hpp"
#include "billing/contract/payment_refund_requested.hpp"
#include "billing/contract/payment_refunded.hpp"
#include "billing/contract/payment_requested.hpp"
#include "books/payment.hpp"
#include "books/refund.hpp"
#include "events/turn/turn.hpp"

#include <string>
#include <vector>

namespace orderflow::billing {

/// What is said about a payment, filled in from its row.

PaymentRequested payment_requested(const Payment& payment);

OrderProcessed order_processed(const Payment& payment, OrderResult status,
                               std::vector<std::string> reasons = {});

PaymentRefundRequested payment_refund_requested(const Payment& payment, const Refund& refund);

/// `payment` is as it is once the refund is made.
PaymentRefunded payment_refunded(const Payment& payment, const Refund& refund);

/// For a payment of nothing that is canceled.
PaymentRefunded nothing_refunded(const Payment& payment);

/// `payment` is as it was while the refund was under way.
PaymentRefundAbandoned payment_refund_abandoned(const Payment& payment, const Refund& refund,
                                                const std::string& reason);

/// Says how an order ended. That is said once: where two nodes have billed the same order, the one
/// by its own request and the other by what it found in the gateway's books, both say the same
/// event.
void publish_processed(events::Turn& turn, OrderProcessed processed);

/// Says what was paid back, once for each refund's name at the gateway.
void publish_refunded(events::Turn& turn, const std::string& gateway_key, PaymentRefunded refunded);

}  // namespace orderflow::billing
