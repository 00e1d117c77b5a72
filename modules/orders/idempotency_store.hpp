#pragma once

#include "core/clock.hpp"
#include "host/idempotency_key.hpp"
#include "orders/contract/order_id.hpp"
#include "storage/connection.hpp"

#include <optional>

namespace orderflow::orders {

/// The SQL of the idempotency keys, in a session of "orders".
class IdempotencyStore {
 public:
  explicit IdempotencyStore(storage::Session session) noexcept : session_(session) {}

  struct Kept {
    OrderId order_id;   ///< that the key has placed
    bool same_request;  ///< false where the key came with another body
  };
  std::optional<Kept> find(const host::IdempotencyKey& key);

  /// Keeps a key that is not kept yet. Every 64th one looks at the oldest. Where that was kept for
  /// longer than `keep_for`, those of the 256 oldest go that were. So the table shrinks to what is
  /// to be kept, and no write does much. Where it is from the future, of a clock that has gone back
  /// since, those of the 256 that are count as new from then on.
  void keep(const host::IdempotencyKey& key, OrderId order_id, core::Timestamp now,
            core::Duration keep_for);

 private:
  bool oldest_is_in_order(core::Timestamp now, core::Duration keep_for);
  void sweep(core::Timestamp now, core::Duration keep_for);

  storage::Session session_;
};

}  // namespace orderflow::orders
