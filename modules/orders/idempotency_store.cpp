#include "idempotency_store.hpp"

#include <cstdint>

namespace orderflow::orders {
namespace {

constexpr std::int64_t inserts_a_sweep = 64;

}  // namespace

std::optional<IdempotencyStore::Kept> IdempotencyStore::find(const host::IdempotencyKey& key) {
  auto rows = session_.query(
      "SELECT order_id, fingerprint = ?3 FROM orders_idempotency WHERE client = ?1 AND key = ?2",
      key.client, key.key, key.fingerprint);
  if (!rows.next()) return std::nullopt;
  return Kept{.order_id = OrderId{rows.get<core::Uuid>(0)}, .same_request = rows.get<bool>(1)};
}

void IdempotencyStore::keep(const host::IdempotencyKey& key, OrderId order_id,
                            core::Timestamp now) {
  const std::int64_t row_number = session_.insert(
      "INSERT INTO orders_idempotency(client, key, fingerprint, order_id, created_at)"
      " VALUES(?1, ?2, ?3, ?4, ?5)",
      key.client, key.key, key.fingerprint, order_id.value(), now);
  if (row_number % inserts_a_sweep != 0) return;
  if (const auto expired = ages_.mark(session_, row_number)) {
    session_.execute(
        "DELETE FROM orders_idempotency WHERE place IN (SELECT place FROM orders_idempotency"
        " WHERE place <= ?1 ORDER BY place LIMIT 256)",
        *expired);
  }
}

}  // namespace orderflow::orders
