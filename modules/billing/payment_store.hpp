#pragma once

#include "payment.hpp"
#include "storage/connection.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace orderflow::billing {

/// The SQL of the payments.
class PaymentStore {
 public:
  explicit PaymentStore(storage::Session session) noexcept : session_(session) {}

  /// False, and nothing is changed, where the order has a payment already.
  bool add(const Payment& payment);

  bool exists_for(OrderId order_id);

  /// Ends a payment that was requested and counts the attempt. False, and nothing is changed, where
  /// it is final already.
  bool capture(PaymentId id, std::string_view gateway_reference, core::Timestamp at);
  bool decline(PaymentId id, std::string_view decline_code, core::Timestamp at);

  /// Counts an attempt that failed on a payment that is not final.
  void count_failure(PaymentId id, std::string_view error, core::Timestamp at);

  std::optional<Payment> find(PaymentId id);

  /// What a page of payments is about; the newest come first.
  struct Query {
    std::optional<OrderId> order_id = {};
    std::optional<PaymentId> after = {};  ///< the last one of the page before
    std::size_t limit = 1;
  };
  std::vector<Payment> page(const Query& query);

 private:
  storage::Session session_;
};

}  // namespace orderflow::billing
