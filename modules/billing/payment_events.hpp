#pragma once

#include "billing/contract/order_processed.hpp"
#include "billing/contract/payment_refund_abandoned.hpp"
#include "billing/contract/payment_refund_requested.hpp"
#include "billing/contract/payment_refunded.hpp"
#include "billing/contract/payment_requested.hpp"
#include "payment.hpp"
#include "refund.hpp"

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

}  // namespace orderflow::billing
