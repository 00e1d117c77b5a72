#include "faults/simulation/verdict/stored_orders.hpp"

namespace orderflow::simulation {

StoredOrders read_orders(PlainDatabase& database, test::Findings& findings) {
  StoredOrders orders;
  const auto rows = database.rows(
      "SELECT items->>'$[0].productId', key, user_id, status, currency, total_amount,"
      " key IN (SELECT key FROM held),"
      " key IN (SELECT key FROM whole_log WHERE kind = 'order.cancel_requested'),"
      " key IN (SELECT key FROM discarded WHERE subscription = 'billing.capture'),"
      " key IN (SELECT key FROM paid_back) FROM placed");
  for (const auto& row : rows) {
    const bool is_new = orders
                            .emplace(row[0], StoredOrder{.id = row[1],
                                                         .user_id = row[2],
                                                         .status = row[3],
                                                         .currency = row[4],
                                                         .amount = std::stoll(row[5]),
                                                         .is_delayed = row[6] == "1",
                                                         .wants_cancel = row[7] == "1",
                                                         .charge_dropped = row[8] == "1",
                                                         .wants_refund = row[9] == "1"})
                            .second;
    if (!is_new) findings.add("order twice", row[0]);
  }
  return orders;
}

}  // namespace orderflow::simulation
