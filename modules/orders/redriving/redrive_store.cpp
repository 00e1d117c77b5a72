#include "redriving/redrive_store.hpp"

#include <chrono>
#include <cstdint>

namespace orderflow::orders {
namespace {

// The rows of `orders_redrive` are few, and most orders have none.
const std::string select_pending =
    "SELECT id, NULL, r.times, r.last_at FROM orders_order LEFT JOIN orders_redrive r"
    " ON r.order_id = id WHERE status = 'PENDING' AND status <> 'PROCESSED' AND id > ?1"
    " AND id <= ?2 ORDER BY id LIMIT ?3";
const std::string select_canceling =
    "SELECT id, cancel_requested_at, r.times, r.last_at FROM orders_order"
    " LEFT JOIN orders_redrive r ON r.order_id = id"
    " WHERE cancel_requested_at IS NOT NULL AND status = 'PROCESSED'"
    " AND (cancel_requested_at, id) > (?1, ?2) AND cancel_requested_at <= ?3"
    " ORDER BY cancel_requested_at, id LIMIT ?4";

/// An identifier carries when it was made.
core::Timestamp time_of(const core::Uuid& id) {
  return core::Timestamp{std::chrono::milliseconds(static_cast<std::int64_t>(id.unix_ms()))};
}

std::vector<OpenOrder> read(storage::Rows rows) {
  std::vector<OpenOrder> found;
  while (rows.next()) {
    const auto id = rows.get<core::Uuid>(0);
    const auto since = rows.get<std::optional<core::Timestamp>>(1);
    found.push_back({.id = OrderId{id},
                     .since = since.value_or(time_of(id)),
                     .times = rows.get<std::optional<std::int64_t>>(2).value_or(0),
                     .last_at = rows.get<std::optional<core::Timestamp>>(3)});
  }
  return found;
}

}  // namespace

std::vector<OpenOrder> RedriveStore::pending(const core::Uuid& after, const core::Uuid& upto,
                                             std::size_t limit) {
  return read(session_.query(select_pending, after, upto, limit));
}

std::vector<OpenOrder> RedriveStore::canceling(const CancelingPosition& after, core::Timestamp upto,
                                               std::size_t limit) {
  return read(session_.query(select_canceling, after.since, after.id, upto, limit));
}

void RedriveStore::note(OrderId id, core::Timestamp at) {
  session_.execute(
      "INSERT INTO orders_redrive(order_id, times, last_at) VALUES(?1, 1, ?2)"
      " ON CONFLICT(order_id) DO UPDATE SET times = times + 1, last_at = excluded.last_at",
      id.value(), at);
}

std::vector<OrderId> RedriveStore::placed(const core::Uuid& after, std::size_t limit) {
  std::vector<OrderId> found;
  auto rows = session_.query("SELECT id FROM orders_order WHERE id > ?1 ORDER BY id LIMIT ?2",
                             after, limit);
  while (rows.next())
    found.push_back(OrderId{rows.get<core::Uuid>(0)});
  return found;
}

std::optional<core::Uuid> RedriveStore::forget_final(const core::Uuid& after, std::size_t limit) {
  std::optional<core::Uuid> last;
  {
    auto rows = session_.query(
        "SELECT max(order_id) FROM (SELECT order_id FROM orders_redrive WHERE order_id > ?1"
        " ORDER BY order_id LIMIT ?2)",
        after, limit);
    rows.next();
    last = rows.get<std::optional<core::Uuid>>(0);
  }
  if (!last) return last;
  session_.execute(
      "DELETE FROM orders_redrive WHERE order_id > ?1 AND order_id <= ?2 AND NOT EXISTS"
      " (SELECT 1 FROM orders_order o WHERE o.id = order_id AND (o.status = 'PENDING'"
      " OR (o.status = 'PROCESSED' AND o.cancel_requested_at IS NOT NULL)))",
      after, *last);
  return last;
}

bool RedriveStore::empty() {
  return !session_.query("SELECT 1 FROM orders_redrive LIMIT 1").next();
}

}  // namespace orderflow::orders
