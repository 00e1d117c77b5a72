#pragma once

#include "books/payment.hpp"
#include "storage/connection.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace orderflow::billing {

/// The SQL of the cancellations that came before their order was judged.
class CancellationStore {
 public:
  explicit CancellationStore(storage::Session session) noexcept : session_(session) {}

  /// Keeps one; the first of an order stays.
  void add(OrderId order_id, std::string_view reason, core::Timestamp at);

  /// Takes that of an order away, if there is one; its reason, which may be empty.
  std::optional<std::string> take(OrderId order_id);

 private:
  storage::Session session_;
};

}  // namespace orderflow::billing
