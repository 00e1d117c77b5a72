#pragma once

#include "faults/findings.hpp"
#include "faults/simulation/verdict/plain_database.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace orderflow::simulation {

/// An order as a node at rest has it.
struct StoredOrder {
  std::string id;
  std::string user_id;
  std::string status;
  std::string currency;
  std::int64_t amount;
  bool is_delayed;      ///< a delivery that decides on it is listed
  bool wants_cancel;    ///< its buyer has asked to cancel it
  bool charge_dropped;  ///< an operator has discarded its charge
  bool wants_refund;    ///< somebody was promised a part of it
};

/// By the marker of their first item, which no other order has.
using StoredOrders = std::map<std::string, StoredOrder>;

/// Reads them through the views of the invariants, which the connection must have.
StoredOrders read_orders(PlainDatabase& database, test::Findings& findings);

}  // namespace orderflow::simulation
