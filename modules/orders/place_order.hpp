#pragma once

#include "events/turn/turn.hpp"
#include "host/idempotency_key.hpp"
#include "host/key_ages.hpp"
#include "order.hpp"

#include <optional>
#include <string>

namespace orderflow::orders {

/// Stores a new order as PENDING and says `order.created`, in the turn's transaction.
Order place_order(events::Turn& turn, const OrderDetails& details,
                  const std::string& correlation_id);

/// What became of a request to place an order.
struct Placement {
  std::optional<Order> order;  ///< as it was when it was placed; nothing where the key was reused
  bool replayed = false;       ///< an earlier request with this key has placed it
};

/// Places an order unless its key has placed one before: then gives that one, or none where the
/// key came with another body. Order and key are kept together, the key as long as
/// `ages`, that of `IdempotencyStore::marks`, says.
Placement place_order_once(events::Turn& turn, const OrderDetails& details,
                           const std::string& correlation_id, const host::IdempotencyKey& key,
                           host::KeyAges& ages);

}  // namespace orderflow::orders
