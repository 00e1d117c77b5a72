#pragma once

#include "core/order_id.hpp"

namespace orderflow::orders {

using core::OrderId;
using core::UserId;

}  // namespace orderflow::orders
