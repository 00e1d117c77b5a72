#pragma once

#include "core/clock.hpp"
#include "orders/contract/order_id.hpp"
#include "storage/connection.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace orderflow::orders {

/// An order that waits for something of other modules.
struct OpenOrder {
  OrderId id;
  core::Timestamp since;                   ///< when it began to wait
  std::int64_t times = 0;                  ///< that it was driven on
  std::optional<core::Timestamp> last_at;  ///< when it was last; nothing: it was not yet
};

/// All SQL on `orders_redrive`, and what finds orders that are not final. A view of a session of
/// the module.
class RedriveStore {
 public:
  explicit RedriveStore(storage::Session session) noexcept : session_(session) {}

  /// Orders that are PENDING, with identifiers in (after, upto], in their order, at most `limit`.
  /// What it costs grows with these alone, however many orders there are.
  std::vector<OpenOrder> pending(const core::Uuid& after, const core::Uuid& upto,
                                 std::size_t limit);

  /// Where a page of `canceling` ends.
  struct CancelingPosition {
    core::Timestamp since{};
    core::Uuid id{};
  };
  /// Paid orders that are to be canceled, and that since `upto`, behind `after` in the order of
  /// their requests.
  std::vector<OpenOrder> canceling(const CancelingPosition& after, core::Timestamp upto,
                                   std::size_t limit);

  /// Counts that the order is driven on.
  void note(OrderId id, core::Timestamp at);

  /// The orders behind `after`, final or not, in the order in which they were placed.
  std::vector<OrderId> placed(const core::Uuid& after, std::size_t limit);

  /// Forgets those that are final of the next `limit` orders behind `after`. The last one looked
  /// at; nothing: that was all.
  std::optional<core::Uuid> forget_final(const core::Uuid& after, std::size_t limit);
  bool empty();

 private:
  storage::Session session_;
};

}  // namespace orderflow::orders
