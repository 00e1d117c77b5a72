#include "books/cancellation_store.hpp"

namespace orderflow::billing {

void CancellationStore::add(OrderId order_id, std::string_view reason, core::Timestamp at) {
  session_.execute(
      "INSERT INTO billing_cancellation(order_id, reason, requested_at) VALUES (?1, ?2, ?3)"
      " ON CONFLICT DO NOTHING",
      order_id.value(), reason, at);
}

std::optional<std::string> CancellationStore::take(OrderId order_id) {
  std::optional<std::string> reason;
  {
    auto rows = session_.query("SELECT reason FROM billing_cancellation WHERE order_id = ?1",
                               order_id.value());
    if (rows.next()) reason = rows.get<std::string>(0);
  }
  if (reason) {
    session_.execute("DELETE FROM billing_cancellation WHERE order_id = ?1", order_id.value());
  }
  return reason;
}

}  // namespace orderflow::billing
