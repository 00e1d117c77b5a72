#pragma once

#include "core/order_id.hpp"

namespace orderflow::billing {

using core::OrderId;
using core::UserId;

/// Names a payment; a version 7 UUID.
using PaymentId = core::Strong<struct PaymentIdTag, core::Uuid>;

/// Billing's name for a refund; a version 7 UUID. The gateway gives it a name of its own.
using RefundId = core::Strong<struct RefundIdTag, core::Uuid>;

}  // namespace orderflow::billing
