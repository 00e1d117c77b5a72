#pragma once

#include "core/strong.hpp"
#include "core/uuid.hpp"

#include <string>

namespace orderflow::core {

/// Names an order; a version 7 UUID. Its text is the key of every event about the order. It stands
/// here, and not in the contract of the orders, because the contracts of several modules share it
/// and none of them uses another one's.
using OrderId = Strong<struct OrderIdTag, Uuid>;

/// Names a buyer: 1 to 128 visible characters, given by the caller. Shared like `OrderId`.
using UserId = Strong<struct UserIdTag, std::string>;

}  // namespace orderflow::core
