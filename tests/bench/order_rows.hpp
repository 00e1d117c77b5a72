#pragma once

#include "bare_sqlite.hpp"
#include "made_order.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace orderflow::bench {

/// Writes the rows of made orders into a database that a node has made, each row once, as it stands
/// when the order is done. Within a transaction of the caller's.
class OrderRows {
 public:
  /// Continues behind what the log holds already.
  explicit OrderRows(BareSqlite& database);

  /// What stands there when the order is accepted: the order as `status`, `order.created`, and the
  /// idempotency key.
  void accept(const MadeOrder& order, std::string_view status);

  /// What comes to it on its way to PROCESSED: payment, two notifications and four more events.
  void finish(const MadeOrder& order);
  /// Its place among the buyer's recent orders, which is forgotten after two windows.
  void remember_for_fraud(const MadeOrder& order);
  /// Counted among those of its buyer.
  void count(const MadeOrder& order);

  /// All subscriptions have passed what the log holds now.
  void move_cursors();

  std::int64_t newest() const noexcept { return seq_; }

 private:
  void append(const MadeOrder& order, const core::Uuid& id, std::string_view kind,
              std::string_view module, const core::Uuid* cause, const std::string& payload);
  void notify(const MadeOrder& order, const core::Uuid& id, std::string_view kind,
              const std::string& subject);

  std::string node_;
  std::string origin_;
  std::vector<std::string> subscriptions_;
  std::int64_t seq_;
  BareStatement order_, event_, idempotency_, payment_, window_, notification_, placed_, processed_,
      spent_, cursor_;
};

}  // namespace orderflow::bench
