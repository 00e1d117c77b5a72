#pragma once

#include "core/strong.hpp"
#include "core/uuid.hpp"

#include <string>

namespace orderflow::orders {

/// Names an order; a version 7 UUID. Its text is the key of every event about the order.
using OrderId = core::Strong<struct OrderIdTag, core::Uuid>;

/// Names a buyer: 1 to 128 visible characters, given by the caller.
using UserId = core::Strong<struct UserIdTag, std::string>;

}  // namespace orderflow::orders
