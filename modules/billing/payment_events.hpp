#pragma once

#include "billing/contract/order_processed.hpp"
#include "billing/contract/payment_refund_requested.hpp"
#include "billing/contract/payment_refunded.hpp"
#include "billing/contract/payment_requested.hpp"
#include "payment.hpp"

#include <string>
#include <vector>

namespace orderflow::billing {

/// What is said about a payment, filled in from its row.

PaymentRequested payment_requested(const Payment& payment);

OrderProcessed order_processed(const Payment& payment, OrderResult status,
                               std::vector<std::string> reasons = {});

PaymentRefundRequested payment_refund_requested(const Payment& payment);

PaymentRefunded payment_refunded(const Payment& payment);

}  // namespace orderflow::billing
