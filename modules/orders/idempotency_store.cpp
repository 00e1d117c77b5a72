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

void IdempotencyStore::keep(const host::IdempotencyKey& key, OrderId order_id, core::Timestamp now,
                            core::Duration keep_for) {
  const std::int64_t place = session_.insert(
      "INSERT INTO orders_idempotency(client, key, fingerprint, order_id, created_at)"
      " VALUES(?1, ?2, ?3, ?4, ?5)",
      key.client, key.key, key.fingerprint, order_id.value(), now);
  if (place % inserts_a_sweep == 0) sweep(now, keep_for);
}

bool IdempotencyStore::oldest_is_in_order(core::Timestamp now, core::Duration keep_for) {
  auto rows = session_.query("SELECT created_at FROM orders_idempotency ORDER BY place LIMIT 1");
  if (!rows.next()) return true;
  const auto created_at = rows.get<core::Timestamp>(0);
  return created_at >= now - keep_for && created_at <= now;
}

void IdempotencyStore::sweep(core::Timestamp now, core::Duration keep_for) {
  if (oldest_is_in_order(now, keep_for)) return;
  session_.execute(
      "DELETE FROM orders_idempotency WHERE created_at < ?1 AND place IN"
      " (SELECT place FROM orders_idempotency ORDER BY place LIMIT 256)",
      now - keep_for);
  session_.execute(
      "UPDATE orders_idempotency SET created_at = ?1 WHERE created_at > ?1 AND place IN"
      " (SELECT place FROM orders_idempotency ORDER BY place LIMIT 256)",
      now);
}

}  // namespace orderflow::orders
