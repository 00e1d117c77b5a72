#include "check_orders.hpp"

#include "billing/contract/order_processed.hpp"
#include "billing/contract/payment_refunded.hpp"
#include "host/rows_by_key.hpp"
#include "order_store.hpp"
#include "orders/contract/order_created.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::orders {
namespace {

constexpr std::string_view settle = "orders.settle";

struct OrderRow {
  core::Uuid key;
  OrderCreated created;  ///< as its event should be
  OrderStatus status;
};

OrderRow read_row(const storage::Rows& rows) {
  Order order = OrderStore::order_of(rows);
  return {.key = order.id.value(),
          .created = {.order_id = order.id, .order = std::move(order.details)},
          .status = order.status};
}

/// The status that an event asks for, if it asks for one.
std::optional<OrderStatus> status_asked_by(const events::Event& event) {
  if (event.is<billing::OrderProcessed>()) {
    return parse_order_status(to_string(event.as<billing::OrderProcessed>().status));
  }
  if (event.is<billing::PaymentRefunded>() && event.as<billing::PaymentRefunded>().is_full()) {
    return OrderStatus::refunded;
  }
  return std::nullopt;
}

/// Compares orders with histories, both in the order of their identifiers.
class OrderReader {
 public:
  explicit OrderReader(host::ModuleIntegrity& integrity)
      : integrity_(integrity),
        content_(integrity.check("orders and the log")),
        status_(integrity.check("status")),
        rows_(OrderStore(integrity.tables())
                  .between(integrity.orders().after, integrity.orders().upto),
              read_row) {}

  storage::IntegrityCheck& check() noexcept { return content_; }

  void see(const events::KeyHistory& history) {
    const auto id = core::Uuid::parse(history.key);
    if (!id || id->to_string() != history.key) return;
    const auto rows = rows_.take(*id, [this](const OrderRow& row) { without_history(row); });
    const events::Event* created = nullptr;
    for (const auto& event : history.events) {
      if (event->kind() != OrderCreated::kind || !integrity_.published_here(*event)) continue;
      if (created != nullptr) content_.report("order " + id->to_string() + " was created twice");
      created = event.get();
    }
    if (rows.empty()) {
      if (created != nullptr) content_.report("order " + id->to_string() + " is in the log alone");
      return;
    }
    if (created == nullptr) {
      without_history(rows.front());
      return;
    }
    compare(rows.front(), *created);
    if (integrity_.progress().whole(history)) {
      compare_status(rows.front(), history);
    } else {
      ++set_aside_;
    }
  }

  void finish() {
    rows_.finish([this](const OrderRow& row) { without_history(row); });
    content_.looked_at(rows_.count(), "orders");
    status_.looked_at(rows_.count() - set_aside_, "orders");
    if (set_aside_ > 0) {
      status_.looked_at(set_aside_, "set aside: their events were removed, or handled by hand");
    }
  }

 private:
  void without_history(const OrderRow& row) {
    if (integrity_.progress().whole()) {
      content_.report("order " + row.key.to_string() + " was never created in the log");
    }
    ++set_aside_;
  }

  void compare(const OrderRow& row, const events::Event& created) {
    if (!created.is<OrderCreated>()) return;
    if (created.as<OrderCreated>() == row.created) return;
    content_.report("order " + row.key.to_string() + " is " + nlohmann::json(row.created).dump() +
                    ", but was created as " + created.payload());
  }

  void compare_status(const OrderRow& row, const events::KeyHistory& history) {
    OrderStatus expected = OrderStatus::pending;
    for (const auto& event : history.events) {
      const auto asked = status_asked_by(*event);
      if (!asked) continue;
      if (integrity_.progress().by_hand(settle, event->meta().seq)) {
        ++set_aside_;
        return;
      }
      if (!integrity_.progress().done(settle, event->meta().seq)) continue;
      if (may_become(expected, *asked)) expected = *asked;
    }
    if (row.status == expected) return;
    status_.report("order " + row.key.to_string() + " is " + std::string(to_string(row.status)) +
                   ", but the log makes it " + std::string(to_string(expected)));
  }

  host::ModuleIntegrity& integrity_;
  storage::IntegrityCheck& content_;
  storage::IntegrityCheck& status_;
  host::RowsByKey<OrderRow> rows_;
  std::int64_t set_aside_ = 0;
};

void check_idempotency(host::ModuleIntegrity& integrity) {
  integrity.run_whole("idempotency keys", [&](storage::IntegrityCheck& check) {
    auto count = integrity.tables().query("SELECT count(*) FROM orders_idempotency");
    count.next();
    check.looked_at(count.get<std::int64_t>(0), "keys");
    check.report_rows(integrity.tables().query(
        "SELECT 'key ' || key || ' of client ' || client || ' placed order ', order_id,"
        " ', which is not there' FROM orders_idempotency"
        " WHERE order_id NOT IN (SELECT id FROM orders_order)"));
    check.report_rows(integrity.tables().query(
        "SELECT 'order ', order_id, ' was placed under ' || count(*) || ' keys'"
        " FROM orders_idempotency GROUP BY order_id HAVING count(*) > 1"));
  });
}

}  // namespace

const host::OrderExport& orders_export() noexcept {
  static const host::QueriedOrders rows({
      .order_behind = "SELECT id FROM orders_order WHERE id > ?1 ORDER BY id LIMIT 1 OFFSET ?2",
      .orders = "SELECT id, status, total_amount, currency, user_id FROM orders_order"
                " WHERE id > ?1 AND id <= ?2 ORDER BY id",
  });
  return rows;
}

void check_orders(host::ModuleIntegrity& integrity) {
  check_idempotency(integrity);
  integrity.read_log(std::make_shared<OrderReader>(integrity));
}

}  // namespace orderflow::orders
