#include "whole_examination.hpp"

#include "host/rows_by_key.hpp"
#include "storage/ownership.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace orderflow::app {
namespace {

using storage::Check;

/// Which subscription carries an order on from which event: docs/architecture.md, the flow.
constexpr std::array flow = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"order.created", "billing.assess"},
    {"payment.requested", "billing.capture"},
    {"order.processed", "orders.settle"},
});

storage::Session all_of(storage::Connection& connection) {
  return connection.session(storage::Ownership::storage_layer);
}

void compare_orders_and_payments(storage::Connection& connection, const events::IdRange& orders,
                                 Check& check) {
  auto count = all_of(connection)
                   .query("SELECT count(*) FROM orders_order WHERE id > ?1 AND id <= ?2",
                          orders.after, orders.upto);
  count.next();
  check.looked_at(count.get<std::int64_t>(0), "orders");
  // An order that was fraud before billing kept a row for it has no payment.
  check.find_rows(
      all_of(connection)
          .query(
              "SELECT 'an order over ' || total_amount || ' ' || o.currency || ' of ' || o.user_id "
              "|| ' is '"
              " || status || ', and its payment ' || coalesce('is ' || state || ' over ' || amount "
              "|| ' '"
              " || p.currency || ' of ' || p.user_id, 'is not there') || ': order ', o.id"
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

/// Looks for orders that are not final and that nobody is going to carry on.
class PendingReader {
 public:
  PendingReader(storage::Connection& connection, const events::IdRange& orders,
                const events::Progress& progress, Check& check)
      : progress_(progress),
        check_(check),
        rows_(all_of(connection)
                  // What is processing the gateway has in hand, and tells how it ends.
                  .query("SELECT o.id FROM orders_order AS o LEFT JOIN billing_payment AS p"
                         " ON p.order_id = o.id WHERE status = 'PENDING'"
                         " AND p.state IS DISTINCT FROM 'processing' AND o.id > ?1 AND o.id <= ?2"
                         " ORDER BY o.id",
                         orders.after, orders.upto),
              [](const storage::Rows& rows) { return PendingOrder{rows.get<core::Uuid>(0)}; }) {}

  void see(const events::Story& story) {
    const auto id = core::Uuid::parse(story.key);
    if (!id || id->to_string() != story.key) return;
    const auto rows = rows_.take(*id, [this](const PendingOrder& order) { stuck(order); });
    if (!rows.empty() && !is_waited_on(story)) stuck(rows.front());
  }

  void finish() {
    rows_.finish([this](const PendingOrder& order) { stuck(order); });
    check_.looked_at(rows_.count(), "pending orders");
  }

 private:
  bool is_waited_on(const events::Story& story) const {
    return std::ranges::any_of(story.events, [&](const events::EventPtr& event) {
      return std::ranges::any_of(flow, [&](const auto& step) {
        const auto& [kind, subscription] = step;
        const events::Seq seq = event->meta().seq;
        return event->kind() == kind &&
               (progress_.waits(subscription, seq) || progress_.by_hand(subscription, seq));
      });
    });
  }

  void stuck(const PendingOrder& order) {
    check_.find("order " + order.key.to_string() +
                " is PENDING, and nothing is going to change it");
  }

  const events::Progress& progress_;
  Check& check_;
  host::RowsByKey<PendingOrder> rows_;
};

}  // namespace

void examine_whole(storage::Connection& connection, const std::set<std::string>& owners,
                   events::Examination& events, storage::Checkup& checkup) {
  Check& pending = checkup.add("whole: pending orders");
  Check& payments = checkup.add("whole: orders and payments");
  for (const char* owner : {"orders", "billing"}) {
    if (owners.contains(owner)) continue;
    for (Check* check : {&pending, &payments})
      check->skip(std::string("there are no tables of ") + owner + " to look at");
    return;
  }
  const events::IdRange orders = events.ids();
  storage::Checkup::guard(payments,
                          [&] { compare_orders_and_payments(connection, orders, payments); });
  storage::Checkup::guard(pending, [&] {
    const auto reader =
        std::make_shared<PendingReader>(connection, orders, events.progress(), pending);
    events.add_reader({&pending, "", [reader](const events::Story& story) { reader->see(story); },
                       [reader] { reader->finish(); }});
  });
}

}  // namespace orderflow::app
