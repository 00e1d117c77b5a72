#pragma once

#include "core/uuid.hpp"
#include "host/rows_by_key.hpp"
#include "storage/connection.hpp"

#include <cstdint>
#include <optional>
#include <string>

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

/// An export that is two queries of one module.
class QueriedOrders final : public OrderExport {
 public:
  struct Queries {
    /// The id of the order in the row that stands ?2 rows behind the order ?1, the next one being 0
    /// rows behind it.
    const char* order_behind;
    /// Rows of (order id, state, amount, currency, user id), behind the order ?1 up to ?2,
    /// ascending; null: the module keeps no state of orders.
    const char* orders = nullptr;
  };

  explicit QueriedOrders(Queries queries) noexcept : queries_(queries) {}

  std::optional<core::Uuid> order_behind(storage::Session tables, const core::Uuid& after,
                                         std::int64_t rows) const override {
    return storage::read_first(tables.query(queries_.order_behind, after, rows - 1),
                               [](const storage::Rows& row) { return row.get<core::Uuid>(0); });
  }

  std::optional<RowsByKey<ExportedOrder>> orders(storage::Session tables, const core::Uuid& after,
                                                 const core::Uuid& upto) const override {
    if (queries_.orders == nullptr) return std::nullopt;
    return RowsByKey<ExportedOrder>(tables.query(queries_.orders, after, upto),
                                    [](const storage::Rows& row) {
                                      return ExportedOrder{.key = row.get<core::Uuid>(0),
                                                           .state = row.get<std::string>(1),
                                                           .amount = row.get<std::int64_t>(2),
                                                           .currency = row.get<std::string>(3),
                                                           .user_id = row.get<std::string>(4)};
                                    });
  }

 private:
  Queries queries_;
};

}  // namespace orderflow::host
