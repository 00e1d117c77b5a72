#include "order_store.hpp"

#include "core/json_text.hpp"
#include "storage/error.hpp"
#include "storage/rows_looked_at.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace orderflow::orders {
namespace {

const std::string select =
    "SELECT id, user_id, email, currency, total_amount, payment_method, items, status, reasons,"
    " correlation_id, created_at, updated_at, cancel_requested_at FROM orders_order ";

// The newest first, from a given order on; one statement for each way to look, so that each has its
// index.
const std::string select_one = select + "WHERE id = ?1";
const std::string select_all = select + "WHERE id < ?1 ORDER BY id DESC LIMIT ?2";
const std::string select_of_user =
    select + "WHERE user_id = ?3 AND id < ?1 ORDER BY id DESC LIMIT ?2";
const std::string select_unusual =
    select + "WHERE status = ?3 AND status <> 'PROCESSED' AND id < ?1 ORDER BY id DESC LIMIT ?2";
core::Uuid last_possible_id() {
  core::Uuid id;
  id.bytes.fill(0xff);
  return id;
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

Order read(const storage::Rows& rows) {
  const auto currency = core::Currency::parse(rows.get<std::string_view>(3));
  if (!currency) throw storage::StorageFailure("an order row holds an unknown currency", 0);
  return {
      .id = OrderId{rows.get<core::Uuid>(0)},
      .user_id = UserId{rows.get<std::string>(1)},
      .email = rows.get<std::string>(2),
      .total = core::Money{rows.get<std::int64_t>(4), *currency},
      .payment_method = rows.get<std::string>(5),
      .items = nlohmann::json::parse(rows.get<std::string_view>(6)).get<std::vector<OrderLine>>(),
      .status = status_in(rows, 7),
      .reasons = reasons_in(rows, 8),
      .correlation_id = rows.get<std::string>(9),
      .created_at = rows.get<core::Timestamp>(10),
      .updated_at = rows.get<core::Timestamp>(11),
      .cancel_requested_at = rows.get<std::optional<core::Timestamp>>(12)};
}

/// True where most rows that the statement visits may be of another status.
bool must_sift(const ListFilter& filter) {
  return filter.status && (filter.user_id || filter.status == OrderStatus::processed);
}

storage::Rows rows_of(storage::Session session, const ListFilter& filter, std::size_t limit) {
  const core::Uuid before = filter.after ? filter.after->value() : last_possible_id();
  if (filter.user_id) return session.query(select_of_user, before, limit, filter.user_id->value());
  if (filter.status && !must_sift(filter)) {
    return session.query(select_unusual, before, limit, to_string(*filter.status));
  }
  return session.query(select_all, before, limit);
}

}  // namespace

void insert(storage::Session session, const Order& order) {
  session.execute(
      "INSERT INTO orders_order(id, user_id, email, currency, total_amount, payment_method, items,"
      " status, correlation_id, created_at, updated_at)"
      " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
      order.id.value(), order.user_id.value(), order.email, order.total.currency.code(),
      order.total.amount, order.payment_method, core::JsonText::of(order.items),
      to_string(order.status), order.correlation_id, order.created_at, order.updated_at);
}

std::optional<Order> find(storage::Session session, OrderId id) {
  auto rows = session.query(select_one, id.value());
  if (!rows.next()) return std::nullopt;
  return read(rows);
}

void refresh(storage::Session session, Order& order) {
  auto rows = session.query(
      "SELECT status, reasons, updated_at, cancel_requested_at FROM orders_order WHERE id = ?1",
      order.id.value());
  if (!rows.next()) return;
  order.status = status_in(rows, 0);
  order.reasons = reasons_in(rows, 1);
  order.updated_at = rows.get<core::Timestamp>(2);
  order.cancel_requested_at = rows.get<std::optional<core::Timestamp>>(3);
}

OrderPage list(storage::Session session, const ListFilter& filter, std::size_t limit) {
  OrderPage page;
  const std::size_t look_at_max = must_sift(filter) ? storage::rows_looked_at_max : limit;
  std::size_t looked_at = 0;
  std::optional<OrderId> last;
  // One more tells whether there is a next page.
  auto rows = rows_of(session, filter, look_at_max + 1);
  while (rows.next()) {
    if (page.orders.size() == limit || looked_at == look_at_max) {
      page.next = last;
      return page;
    }
    ++looked_at;
    last = OrderId{rows.get<core::Uuid>(0)};
    if (!filter.status || status_in(rows, 7) == *filter.status) page.orders.push_back(read(rows));
  }
  return page;
}

std::optional<OrderStatus> status_of(storage::Session session, OrderId id) {
  auto rows = session.query("SELECT status FROM orders_order WHERE id = ?1", id.value());
  if (!rows.next()) return std::nullopt;
  return parse_order_status(rows.get<std::string_view>(0));
}

void set_status(storage::Session session, OrderId id, OrderStatus status,
                const std::vector<std::string>& reasons, core::Timestamp now) {
  session.execute(
      "UPDATE orders_order SET status = ?2, reasons = ?3, updated_at = ?4 WHERE id = ?1",
      id.value(), to_string(status), nlohmann::json(reasons).dump(), now);
}

void mark_cancel_requested(storage::Session session, OrderId id, core::Timestamp now) {
  session.execute("UPDATE orders_order SET cancel_requested_at = ?2, updated_at = ?2 WHERE id = ?1",
                  id.value(), now);
}

void clear_cancel_requested(storage::Session session, OrderId id, core::Timestamp now) {
  session.execute(
      "UPDATE orders_order SET cancel_requested_at = NULL, updated_at = ?2"
      " WHERE id = ?1 AND status = 'PROCESSED'",
      id.value(), now);
}

void keep_refused_transition(storage::Session session, core::Uuid event_id, OrderId id,
                             OrderStatus from, OrderStatus to, core::Timestamp occurred_at) {
  session.execute(
      "INSERT INTO orders_refused_transition(event_id, order_id, from_status, to_status,"
      " occurred_at) VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
      event_id, id.value(), to_string(from), to_string(to), occurred_at);
}

}  // namespace orderflow::orders
