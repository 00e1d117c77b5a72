#pragma once

#include "order.hpp"
#include "storage/connection.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace orderflow::orders {

/// All SQL of the module. Every function works on a session of "orders".

void insert(storage::Session session, const Order& order);

std::optional<Order> find(storage::Session session, OrderId id);

/// Reads anew what changes of an order in its course. The order is there: none is ever removed.
void refresh(storage::Session session, Order& order);

struct ListFilter {
  std::optional<UserId> user_id;
  std::optional<OrderStatus> status;
  std::optional<OrderId> after;  ///< the last one of the page before
};

struct OrderPage {
  std::vector<Order> orders;
  std::optional<OrderId> next;  ///< to go on after; nothing: that was all
};

/// Up to `limit` orders, newest first. Looks at a bounded number of rows, so a page can be short or
/// empty and still have a `next`.
OrderPage list(storage::Session session, const ListFilter& filter, std::size_t limit);

/// The status of an order, or nothing where there is no such order here.
std::optional<OrderStatus> status_of(storage::Session session, OrderId id);

void set_status(storage::Session session, OrderId id, OrderStatus status,
                const std::vector<std::string>& reasons, core::Timestamp now);

/// Marks an order as to be canceled.
void mark_cancel_requested(storage::Session session, OrderId id, core::Timestamp now);

/// Takes the mark from an order that is PROCESSED.
void clear_cancel_requested(storage::Session session, OrderId id, core::Timestamp now);

void keep_refused_transition(storage::Session session, core::Uuid event_id, OrderId id,
                             OrderStatus from, OrderStatus to, core::Timestamp occurred_at);

}  // namespace orderflow::orders
