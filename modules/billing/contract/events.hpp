#pragma once

#include "billing/contract/order_processed.hpp"
#include "billing/contract/payment_refund_abandoned.hpp"
#include "billing/contract/payment_refund_requested.hpp"
#include "billing/contract/payment_refunded.hpp"
#include "billing/contract/payment_requested.hpp"
#include "billing/contract/payment_statement_requested.hpp"

namespace orderflow::billing {

/// Adds every event type that the billing module publishes to a catalog of event types.
/// `payment.requested`, `payment.refund_requested` and `payment.statement_requested` never leave
/// the node.
template <class Catalog>
void describe_events(Catalog& catalog) {
  using Visibility = typename Catalog::Visibility;
  catalog.template add<OrderProcessed>("billing");
  catalog.template add<PaymentRefunded>("billing");
  catalog.template add<PaymentRefundAbandoned>("billing");
  catalog.template add<PaymentRequested>("billing", Visibility::internal);
  catalog.template add<PaymentRefundRequested>("billing", Visibility::internal);
  catalog.template add<PaymentStatementRequested>("billing", Visibility::internal);
}

}  // namespace orderflow::billing
