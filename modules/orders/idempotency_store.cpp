#include "idempotency_store.hpp"

#include <cstdint>

namespace orderflow::orders {
namespace {

constexpr std::int64_t inserts_a_sweep = 64;

}  // namespace

std::optional<IdempotencyStore::Kept> IdempotencyStore::find(const host::IdempotencyKey& key) {
  auto rows = session_.query(
      "SELECT order_id, CASE fingerprint WHEN ?3 THEN 1 ELSE 0 END FROM orders_idempotency"
      " WHERE client = ?1 AND key = ?2",
      key.client, key.key, key.fingerprint);
  if (!rows.next()) return std::nullopt;
  return Kept{.order_id = OrderId{rows.get<core::Uuid>(0)}, .same_request = rows.get<bool>(1)};
}

void IdempotencyStore::keep(const host::IdempotencyKey& key, OrderId order_id,
                            core::Timestamp now) {
  session_.execute(
      "INSERT INTO orders_idempotency(client, key, fingerprint, order_id, created_at)"
      " VALUES(?1, ?2, ?3, ?4, ?5)",
      key.client, key.key, key.fingerprint, order_id.value(), now);
  if (!ages_.counts_to(inserts_a_sweep)) return;
  if (const auto expired = ages_.mark(session_, newest_row_number())) {
    session_.execute(
        "DELETE FROM orders_idempotency WHERE place IN (SELECT place FROM orders_idempotency"
        " WHERE place <= ?1 ORDER BY place LIMIT 256)",
        *expired);
  }
}

std::int64_t IdempotencyStore::newest_row_number() {
  auto rows = session_.query("SELECT max(place) FROM orders_idempotency");
  rows.next();
  return rows.get<std::int64_t>(0);
}

}  // namespace orderflow::orders
