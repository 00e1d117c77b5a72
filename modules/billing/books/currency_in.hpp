#pragma once

#include "core/money.hpp"
#include "storage/connection.hpp"
#include "storage/error.hpp"

#include <string_view>

namespace orderflow::billing {

/// The currency in a column. Throws `storage::StorageFailure` where it is none at all.
inline core::Currency currency_in(const storage::Rows& rows, int column) {
  const auto currency = core::Currency::of_any_node(rows.get<std::string_view>(column));
  if (!currency) throw storage::StorageFailure("a row holds what is no currency", 0);
  return *currency;
}

}  // namespace orderflow::billing
