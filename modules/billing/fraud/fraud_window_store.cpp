#include "fraud/fraud_window_store.hpp"

#include <string>
#include <vector>

namespace orderflow::billing {

WindowTotals FraudWindowStore::totals(const UserId& user_id, core::Currency currency,
                                      core::Timestamp at, core::Duration window,
                                      std::int64_t orders_max) {
  auto rows = session_.query(
      "SELECT currency, amount FROM billing_fraud_window"
      " WHERE user_id = ?1 AND occurred_at > ?2 AND occurred_at <= ?3"
      " ORDER BY occurred_at DESC, order_id DESC LIMIT ?4",
      user_id.value(), at - window, at, orders_max);
  WindowTotals totals;
  while (rows.next()) {
    ++totals.orders;
    if (rows.get<std::string_view>(0) != currency.code()) continue;
    totals.amount.add(rows.get<std::int64_t>(1));
  }
  return totals;
}

void FraudWindowStore::add(const UserId& user_id, core::Timestamp at, OrderId order_id,
                           const core::Money& total) {
  session_.execute(
      "INSERT INTO billing_fraud_window(user_id, occurred_at, order_id, currency, amount)"
      " VALUES (?1, ?2, ?3, ?4, ?5)",
      user_id.value(), at, order_id.value(), total.currency.code(), total.amount);
}

void FraudWindowStore::sweep(core::Timestamp expired) {
  struct Entry {
    std::string user_id;
    std::int64_t occurred_at;
    core::Uuid order_id;
  };
  std::vector<Entry> oldest;
  // Looked for first: most often there is nothing, and a subquery would cost its temporary table.
  {
    auto rows = session_.query(
        "SELECT user_id, occurred_at, order_id FROM billing_fraud_window"
        " WHERE occurred_at <= ?1 ORDER BY occurred_at LIMIT 2",
        expired);
    while (rows.next())
      oldest.push_back(
          {rows.get<std::string>(0), rows.get<std::int64_t>(1), rows.get<core::Uuid>(2)});
  }
  for (const Entry& entry : oldest)
    session_.execute(
        "DELETE FROM billing_fraud_window"
        " WHERE user_id = ?1 AND occurred_at = ?2 AND order_id = ?3",
        entry.user_id, entry.occurred_at, entry.order_id);
}

}  // namespace orderflow::billing
