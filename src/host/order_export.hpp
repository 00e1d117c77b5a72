#pragma once

#include "core/uuid.hpp"
#include "host/rows_by_key.hpp"
#include "storage/connection.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace orderflow::host {

/// What a module keeps of an order, in the words of its contract.
struct ExportedOrder {
  core::Uuid key;  ///< the id of the order
  std::string state;
  std::int64_t amount;  ///< in minor units
  std::string currency;
  std::string user_id;
};

/// How others read what a module keeps by order, without knowing its tables: checks that compare
/// modules, and whoever looks at a database in parts. Each session is one on the module's tables.
class OrderExport {
 public:
  virtual ~OrderExport() = default;

  /// The order that stands `rows` rows behind `after`, where there are so many.
  virtual std::optional<core::Uuid> order_behind(storage::Session tables, const core::Uuid& after,
                                                 std::int64_t rows) const = 0;

  /// The orders behind `after` up to `upto`, one row each, ascending. Nothing where the module
  /// keeps no state of orders.
  virtual std::optional<RowsByKey<ExportedOrder>> orders(storage::Session /*tables*/,
                                                         const core::Uuid& /*after*/,
                                                         const core::Uuid& /*upto*/) const {
    return std::nullopt;
  }
};

/// For `OrderExport::order_behind`: the id in the only column of the row that is asked for, if any.
inline std::optional<core::Uuid> first_id(storage::Rows rows) {
  if (!rows.next()) return std::nullopt;
  return rows.get<core::Uuid>(0);
}

/// For `OrderExport::orders`: rows of (order id, state, amount, currency, user id).
inline RowsByKey<ExportedOrder> exported_orders(storage::Rows rows) {
  return {std::move(rows), [](const storage::Rows& row) {
            return ExportedOrder{.key = row.get<core::Uuid>(0),
                                 .state = row.get<std::string>(1),
                                 .amount = row.get<std::int64_t>(2),
                                 .currency = row.get<std::string>(3),
                                 .user_id = row.get<std::string>(4)};
          }};
}

}  // namespace orderflow::host
