#pragma once

#include "core/clock.hpp"
#include "host/idempotency_key.hpp"
#include "host/key_ages.hpp"
#include "orders/contract/order_id.hpp"
#include "storage/connection.hpp"

#include <cstdint>
#include <optional>

namespace orderflow::orders {

/// The SQL of the idempotency keys, in a session of "orders".
class IdempotencyStore {
 public:
  /// `ages` is that of the table `marks`.
  IdempotencyStore(storage::Session session, host::KeyAges& ages) noexcept
      : session_(session), ages_(ages) {}

  /// Where the ages of the keys are kept.
  static constexpr const char* marks = "orders_idempotency_mark";

  struct Kept {
    OrderId order_id;   ///< that the key has placed
    bool same_request;  ///< false where the key came with another body
  };
  std::optional<Kept> find(const host::IdempotencyKey& key);

  /// Keeps a key that is not kept yet. At the first and at every 64th one those of the 256 oldest
  /// go that were kept for longer than they are to be. So the table shrinks to what is to be kept,
  /// and no write does much.
  void keep(const host::IdempotencyKey& key, OrderId order_id, core::Timestamp now);

 private:
  std::int64_t newest_row_number();

  storage::Session session_;
  host::KeyAges& ages_;
};

}  // namespace orderflow::orders
