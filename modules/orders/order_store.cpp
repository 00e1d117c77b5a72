#include "order_store.hpp"

#include "core/json_text.hpp"
#include "storage/error.hpp"
#include "storage/rows_looked_at.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace orderflow::orders {
namespace {

/// The columns of an order, in the order in which `order_of` and `add` take them.
const std::string columns =
    "id, user_id, email, currency, total_amount, payment_method, items, status, reasons,"
    " correlation_id, created_at, updated_at, cancel_requested_at";

const std::string select = "SELECT " + columns + " FROM orders_order ";
const std::string insert_one = "INSERT INTO orders_order(" + columns +
                               ") VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";

// The newest first, from a given order on; one statement for each way to look, so that each has its
// index.
const std::string select_one = select + "WHERE id = ?1";
const std::string select_all = select + "WHERE id < ?1 ORDER BY id DESC LIMIT ?2";
const std::string select_of_user =
    select + "WHERE user_id = ?3 AND id < ?1 ORDER BY id DESC LIMIT ?2";
const std::string select_unusual =
    select + "WHERE status = ?3 AND status <> 'PROCESSED' AND id < ?1 ORDER BY id DESC LIMIT ?2";
const std::string select_range = select + "WHERE id > ?1 AND id <= ?2 ORDER BY id";

// Each by an index of its own; the second condition is what that of the first is for.
const std::string are_pending =
    " FROM orders_order WHERE status = 'PENDING' AND status <> 'PROCESSED'";
const std::string are_to_be_canceled =
    " FROM orders_order WHERE status = 'PROCESSED' AND cancel_requested_at IS NOT NULL";
const std::string count_pending =
    "SELECT count(*) FROM (SELECT 1" + are_pending + " LIMIT ?1) AS counted";
const std::string oldest_pending = "SELECT created_at" + are_pending + " ORDER BY id LIMIT 1";
const std::string count_to_be_canceled =
    "SELECT count(*) FROM (SELECT 1" + are_to_be_canceled + " LIMIT ?1) AS counted";
const std::string oldest_to_be_canceled =
    "SELECT cancel_requested_at" + are_to_be_canceled + " ORDER BY cancel_requested_at LIMIT 1";

WaitingOrders waiting(storage::Session session, const std::string& count, const std::string& oldest,
                      std::size_t count_max) {
  WaitingOrders orders;
  auto counted = session.query(count, count_max);
  if (counted.next()) orders.count = counted.get<std::size_t>(0);
  auto first = session.query(oldest);
  if (first.next()) orders.oldest_since = first.get<core::Timestamp>(0);
  return orders;
}

OrderStatus status_in(const storage::Rows& rows, int column) {
  const auto status = parse_order_status(rows.get<std::string_view>(column));
  if (!status) throw storage::StorageFailure("an order row holds an unknown status", 0);
  return *status;
}

std::vector<std::string> reasons_in(const storage::Rows& rows, int column) {
  const auto text = rows.get<std::string_view>(column);
  if (text == "[]") return {};
  return nlohmann::json::parse(text).get<std::vector<std::string>>();
}

std::string reasons_text(const std::vector<std::string>& reasons) {
  return reasons.empty() ? "[]" : nlohmann::json(reasons).dump();
}

/// True where most rows that the statement visits may be of another status.
bool must_sift(const ListFilter& filter) {
  return filter.status && (filter.user_id || filter.status == OrderStatus::processed);
}

storage::Rows rows_of(storage::Session session, const ListFilter& filter,
                      const std::optional<OrderId>& after, std::size_t limit) {
  const core::Uuid before = host::id_before(after);
  if (filter.user_id) return session.query(select_of_user, before, limit, filter.user_id->value());
  if (filter.status && !must_sift(filter)) {
    return session.query(select_unusual, before, limit, to_string(*filter.status));
  }
  return session.query(select_all, before, limit);
}

}  // namespace

Order OrderStore::order_of(const storage::Rows& rows) {
  const auto currency = core::Currency::parse(rows.get<std::string_view>(3));
  if (!currency) throw storage::StorageFailure("an order row holds an unknown currency", 0);
  return {.id = OrderId{rows.get<core::Uuid>(0)},
          .details = {.user_id = UserId{rows.get<std::string>(1)},
                      .email = rows.get<std::string>(2),
                      .total = core::Money{rows.get<std::int64_t>(4), *currency},
                      .payment_method = rows.get<std::string>(5),
                      .items = nlohmann::json::parse(rows.get<std::string_view>(6))
                                   .get<std::vector<OrderLine>>()},
          .status = status_in(rows, 7),
          .reasons = reasons_in(rows, 8),
          .correlation_id = rows.get<std::string>(9),
          .created_at = rows.get<core::Timestamp>(10),
          .updated_at = rows.get<core::Timestamp>(11),
          .cancel_requested_at = rows.get<std::optional<core::Timestamp>>(12)};
}

void OrderStore::add(const Order& order) {
  const OrderDetails& details = order.details;
  session_.execute(insert_one, order.id.value(), details.user_id.value(), details.email,
                   details.total.currency.code(), details.total.amount, details.payment_method,
                   core::JsonText::of(details.items), to_string(order.status),
                   reasons_text(order.reasons), order.correlation_id, order.created_at,
                   order.updated_at, order.cancel_requested_at);
}

std::optional<Order> OrderStore::find(OrderId id) {
  auto rows = session_.query(select_one, id.value());
  if (!rows.next()) return std::nullopt;
  return order_of(rows);
}

storage::Rows OrderStore::between(core::Uuid after, core::Uuid upto) {
  return session_.query(select_range, after, upto);
}

void OrderStore::refresh(Order& order) {
  auto rows = session_.query(
      "SELECT status, reasons, updated_at, cancel_requested_at FROM orders_order WHERE id = ?1",
      order.id.value());
  if (!rows.next()) return;
  order.status = status_in(rows, 0);
  order.reasons = reasons_in(rows, 1);
  order.updated_at = rows.get<core::Timestamp>(2);
  order.cancel_requested_at = rows.get<std::optional<core::Timestamp>>(3);
}

OrderPage OrderStore::page(const ListFilter& filter, const host::PageRequest<OrderId>& wanted) {
  OrderPage page;
  const std::size_t look_at_max = must_sift(filter) ? storage::rows_looked_at_max : wanted.limit;
  std::size_t looked_at = 0;
  std::optional<OrderId> last;
  // One more tells whether there is a next page.
  auto rows = rows_of(session_, filter, wanted.after, look_at_max + 1);
  while (rows.next()) {
    if (page.entries.size() == wanted.limit || looked_at == look_at_max) {
      page.next = last;
      return page;
    }
    ++looked_at;
    last = OrderId{rows.get<core::Uuid>(0)};
    if (!filter.status || status_in(rows, 7) == *filter.status)
      page.entries.push_back(order_of(rows));
  }
  return page;
}

std::optional<OrderStatus> OrderStore::status_of(OrderId id) {
  auto rows = session_.query("SELECT status FROM orders_order WHERE id = ?1", id.value());
  if (!rows.next()) return std::nullopt;
  return parse_order_status(rows.get<std::string_view>(0));
}

WaitingOrders OrderStore::pending(std::size_t count_max) {
  return waiting(session_, count_pending, oldest_pending, count_max);
}

WaitingOrders OrderStore::to_be_canceled(std::size_t count_max) {
  return waiting(session_, count_to_be_canceled, oldest_to_be_canceled, count_max);
}

void OrderStore::set_status(OrderId id, OrderStatus status, const std::vector<std::string>& reasons,
                            core::Timestamp now) {
  session_.execute(
      "UPDATE orders_order SET status = ?2, reasons = ?3, updated_at = ?4 WHERE id = ?1",
      id.value(), to_string(status), reasons_text(reasons), now);
}

void OrderStore::mark_cancel_requested(OrderId id, core::Timestamp now) {
  session_.execute(
      "UPDATE orders_order SET cancel_requested_at = ?2, updated_at = ?2 WHERE id = ?1", id.value(),
      now);
}

void OrderStore::clear_cancel_requested(OrderId id, core::Timestamp now) {
  session_.execute(
      "UPDATE orders_order SET cancel_requested_at = NULL, updated_at = ?2"
      " WHERE id = ?1 AND status = 'PROCESSED'",
      id.value(), now);
}

void OrderStore::keep_refused_transition(core::Uuid event_id, OrderId id, OrderStatus from,
                                         OrderStatus to, core::Timestamp occurred_at) {
  session_.execute(
      "INSERT INTO orders_refused_transition(event_id, order_id, from_status, to_status,"
      " occurred_at) VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
      event_id, id.value(), to_string(from), to_string(to), occurred_at);
}

}  // namespace orderflow::orders
