#pragma once

#include "host/page.hpp"
#include "order.hpp"
#include "storage/connection.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace orderflow::orders {

struct ListFilter {
  std::optional<UserId> user_id;
  std::optional<OrderStatus> status;
};

/// Orders of a status that wait for something.
struct WaitingOrders {
  std::size_t count = 0;  ///< as far as it was counted
  std::optional<core::Timestamp> oldest_since = {};
};

using OrderPage = host::Page<Order, OrderId>;

/// The SQL of the orders. A view of a session of the module.
class OrderStore {
 public:
  explicit OrderStore(storage::Session session) noexcept : session_(session) {}

  void add(const Order& order);

  std::optional<Order> find(OrderId id);

  /// The orders of identifiers in (after, upto], in their order; `order_of` reads each row.
  storage::Rows between(core::Uuid after, core::Uuid upto);
  static Order order_of(const storage::Rows& rows);

  /// Reads again what changes of an order in its course. The order is there: none is ever removed.
  void refresh(Order& order);

  /// The newest orders first. Looks at a bounded number of rows, so a page can be short or empty
  /// and still have a `next`.
  OrderPage page(const ListFilter& filter, const host::PageRequest<OrderId>& wanted);

  /// The status of an order, or nothing where there is no such order here.
  std::optional<OrderStatus> status_of(OrderId id);

  /// Those that are PENDING, the oldest since it was placed. Counts up to `count_max`.
  WaitingOrders pending(std::size_t count_max);
  /// Those that are PROCESSED and to be canceled, the oldest since that was asked for. Likewise.
  WaitingOrders to_be_canceled(std::size_t count_max);

  void set_status(OrderId id, OrderStatus status, const std::vector<std::string>& reasons,
                  core::Timestamp now);

  /// Marks an order as to be canceled.
  void mark_cancel_requested(OrderId id, core::Timestamp now);

  /// Takes the mark from an order that is PROCESSED.
  void clear_cancel_requested(OrderId id, core::Timestamp now);

  void keep_refused_transition(core::Uuid event_id, OrderId id, OrderStatus from, OrderStatus to,
                               core::Timestamp occurred_at);

 private:
  storage::Session session_;
};

}  // namespace orderflow::orders
