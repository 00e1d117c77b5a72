#pragma once

#include "events/turn/turn.hpp"
#include "fraud/fraud_rules.hpp"
#include "orders/contract/order_created.hpp"

#include <string>

namespace orderflow::billing {

/// Judges a new order by the fraud rules and says what follows:
///
/// - its cancellation is here already: a canceled payment, and `order.processed` with `CANCELED`;
/// - the rules refuse it: a refused payment, and `order.processed` with `CANCELED_FRAUD` and the
///   reasons;
/// - it costs nothing: a captured payment, and `order.processed` with `PROCESSED`;
/// - else: a requested payment, and `payment.requested`.
///
/// An order that has a payment already was judged before: nothing changes and nothing is said. Only
/// orders that pass count in the windows, so that refused ones cannot make them grow.
void assess_order(const FraudRules& rules, const events::Event& order_created, events::Turn& turn);

/// Ends an order that could not be judged and that an operator gave up: a canceled payment, and
/// `order.processed` with `CANCELED` and the reason "discarded". Does nothing where the event names
/// no order, or the order has a payment.
void discard_order(const events::Event& order_created, events::Turn& turn);

}  // namespace orderflow::billing
