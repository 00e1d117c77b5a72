#include "doctor/cross_module_checks.hpp"

#include "host/rows_by_key.hpp"
#include "storage/ownership.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace orderflow::doctor {
namespace {

using storage::IntegrityCheck;

/// Which subscription handles which event of an order: docs/architecture.md, the flow.
constexpr std::array flow = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"order.created", "billing.assess"},
    {"payment.requested", "billing.capture"},
    {"order.processed", "orders.settle"},
});

storage::Session all_of(storage::Connection& connection) {
  return connection.session(storage::Ownership::storage_layer);
}

void compare_orders_and_payments(storage::Connection& connection, const events::IdRange& orders,
                                 IntegrityCheck& check) {
  auto count = all_of(connection)
                   .query("SELECT count(*) FROM orders_order WHERE id > ?1 AND id <= ?2",
                          orders.after, orders.upto);
  count.next();
  check.looked_at(count.get<std::int64_t>(0), "orders");
  // An order that was fraud before billing kept a row for it has no payment.
  check.report_rows(
      all_of(connection)
          .query(
              "SELECT 'an order over ' || total_amount || ' ' || o.currency || ' of ' || o.user_id "
              "|| ' is '"
              " || status || ', and its payment ' || coalesce('is ' || state || ' over ' || amount "
              "|| ' '"
              " || p.currency || ' of ' || p.user_id, 'is not there') || ': order ' || "
              "lower(hex(o.id))"
              " FROM orders_order AS o LEFT JOIN billing_payment AS p ON p.order_id = o.id"
              " WHERE o.id > ?1 AND o.id <= ?2 AND (NOT CASE status WHEN 'PENDING' THEN true"
              " WHEN 'PROCESSED' THEN coalesce(state IN ('captured', 'refunded'), "
              "false)"
              " WHEN 'REFUNDED' THEN coalesce(state = 'refunded', false)"
              " WHEN 'PAYMENT_DECLINED' THEN coalesce(state = 'declined', false)"
              " WHEN 'CANCELED' THEN coalesce(state IN ('canceled', 'declined'), false)"
              " WHEN 'CANCELED_FRAUD' THEN coalesce(state = 'refused', true) ELSE false END"
              " OR amount <> total_amount OR p.currency <> o.currency OR p.user_id <> o.user_id)",
              orders.after, orders.upto));
}

struct PendingOrder {
  core::Uuid key;
};

/// Looks for orders that are not final and that no subscription will continue.
class PendingReader {
 public:
  PendingReader(storage::Connection& connection, const events::IdRange& orders,
                const events::Progress& progress, IntegrityCheck& check)
      : progress_(progress),
        check_(check),
        rows_(all_of(connection)
                  // A payment that is processing ends when the gateway reports it.
                  .query("SELECT o.id FROM orders_order AS o LEFT JOIN billing_payment AS p"
                         " ON p.order_id = o.id WHERE status = 'PENDING'"
                         " AND p.state IS NOT 'processing' AND o.id > ?1 AND o.id <= ?2"
                         " ORDER BY o.id",
                         orders.after, orders.upto),
              [](const storage::Rows& rows) { return PendingOrder{rows.get<core::Uuid>(0)}; }) {}

  void see(const events::KeyHistory& history) {
    const auto id = core::Uuid::parse(history.key);
    if (!id || id->to_string() != history.key) return;
    const auto rows = rows_.take(*id, [this](const PendingOrder& order) { stuck(order); });
    if (!rows.empty() && !is_waited_on(history)) stuck(rows.front());
  }

  void finish() {
    rows_.finish([this](const PendingOrder& order) { stuck(order); });
    check_.looked_at(rows_.count(), "pending orders");
  }

 private:
  bool is_waited_on(const events::KeyHistory& history) const {
    return std::ranges::any_of(history.events, [&](const events::EventPtr& event) {
      return std::ranges::any_of(flow, [&](const auto& step) {
        const auto& [kind, subscription] = step;
        const events::Seq seq = event->meta().seq;
        return event->kind() == kind &&
               (progress_.waits(subscription, seq) || progress_.by_hand(subscription, seq));
      });
    });
  }

  void stuck(const PendingOrder& order) {
    check_.report("order " + order.key.to_string() +
                  " is PENDING, and no event or delivery will change that");
  }

  const events::Progress& progress_;
  IntegrityCheck& check_;
  host::RowsByKey<PendingOrder> rows_;
};

}  // namespace

void check_across_modules(storage::Connection& connection, const std::set<std::string>& owners,
                          events::LogIntegrity& events, storage::IntegrityReport& report) {
  IntegrityCheck& pending = report.add("whole: pending orders");
  IntegrityCheck& payments = report.add("whole: orders and payments");
  for (const char* owner : {"orders", "billing"}) {
    if (owners.contains(owner)) continue;
    for (IntegrityCheck* check : {&pending, &payments})
      check->skip(std::string("there are no tables of ") + owner + " to check");
    return;
  }
  const events::IdRange orders = events.ids();
  storage::IntegrityReport::guard(
      payments, [&] { compare_orders_and_payments(connection, orders, payments); });
  storage::IntegrityReport::guard(pending, [&] {
    const auto reader =
        std::make_shared<PendingReader>(connection, orders, events.progress(), pending);
    events.add_reader({&pending,
                       {},
                       [reader](const events::KeyHistory& history) { reader->see(history); },
                       [reader] { reader->finish(); }});
  });
}

}  // namespace orderflow::doctor
