#pragma once

#include "books/payment.hpp"
#include "fraud/fraud_rules.hpp"
#include "storage/connection.hpp"

#include <cstdint>
#include <string_view>

namespace orderflow::billing {

/// The SQL of the fraud windows. Time is that of the events, so that the same log gives the same
/// decisions whenever it is read.
class FraudWindowStore {
 public:
  explicit FraudWindowStore(storage::Session session) noexcept : session_(session) {}

  /// What `user_id` ordered in (at - window, at]. Looks at the newest `orders_max` rows at most:
  /// more are refused for their number already.
  WindowTotals totals(const UserId& user_id, core::Currency currency, core::Timestamp at,
                      core::Duration window, std::int64_t orders_max);

  /// Counts an order that passed the rules.
  void add(const UserId& user_id, core::Timestamp at, OrderId order_id, const core::Money& total);

  /// Removes at most two rows that are not younger than `expired`, the oldest first. Called for
  /// each row that is added, so what has expired shrinks.
  void sweep(core::Timestamp expired);

 private:
  storage::Session session_;
};

}  // namespace orderflow::billing
