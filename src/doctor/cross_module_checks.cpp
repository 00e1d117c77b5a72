#include "doctor/cross_module_checks.hpp"

#include "host/order_export.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace orderflow::doctor {
namespace {

using host::ExportedOrder;
using storage::IntegrityCheck;
using Modules = std::vector<std::unique_ptr<host::Module>>;
using OrderRows = host::RowsByKey<ExportedOrder>;

/// Which subscription handles which event of an order: docs/architecture.md, the flow.
constexpr std::array flow = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"order.created", "billing.assess"},
    {"payment.requested", "billing.capture"},
    {"order.processed", "orders.settle"},
});

/// Which states of its payment suit an order that has a status.
bool suits(std::string_view status, const std::optional<ExportedOrder>& payment) {
  const auto is_any_of = [&](std::initializer_list<std::string_view> states) {
    return payment && std::ranges::find(states, payment->state) != states.end();
  };
  if (status == "PENDING") return true;
  if (status == "PROCESSED") return is_any_of({"captured", "refunded"});
  if (status == "REFUNDED") return is_any_of({"refunded"});
  if (status == "PAYMENT_DECLINED") return is_any_of({"declined"});
  if (status == "CANCELED") return is_any_of({"canceled", "declined"});
  // An order that was fraud before billing kept a row for it has no payment.
  if (status == "CANCELED_FRAUD") return !payment || is_any_of({"refused"});
  return false;
}

bool has_terms_of(const ExportedOrder& order, const ExportedOrder& payment) {
  return payment.amount == order.amount && payment.currency == order.currency &&
         payment.user_id == order.user_id;
}

std::string terms_of(const ExportedOrder& row) {
  return std::to_string(row.amount) + " " + row.currency + " of " + row.user_id;
}

/// The orders and their payments, both in the order of their identifiers.
class PaidOrders {
 public:
  PaidOrders(OrderRows orders, OrderRows payments)
      : orders_(std::move(orders)), payments_(std::move(payments)) {}

  OrderRows& orders() noexcept { return orders_; }

  /// To be asked for ascending orders.
  std::optional<ExportedOrder> payment_of(const ExportedOrder& order) {
    auto found = payments_.take(order.key, [](const ExportedOrder&) {});
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
  }

 private:
  OrderRows orders_;
  OrderRows payments_;
};

void compare_orders_and_payments(PaidOrders rows, IntegrityCheck& check) {
  rows.orders().finish([&](const ExportedOrder& order) {
    const auto payment = rows.payment_of(order);
    if (suits(order.state, payment) && (!payment || has_terms_of(order, *payment))) return;
    check.report(
        "an order over " + terms_of(order) + " is " + order.state + ", and its payment " +
        (payment ? "is " + payment->state + " over " + terms_of(*payment) : "is not there") +
        ": order " + order.key.to_string());
  });
  check.looked_at(rows.orders().count(), "orders");
}

/// Looks for orders that are not final and that no subscription will continue.
class PendingReader {
 public:
  PendingReader(PaidOrders rows, const events::Progress& progress, IntegrityCheck& check)
      : progress_(progress), check_(check), rows_(std::move(rows)) {}

  void see(const events::KeyHistory& history) {
    const auto id = core::Uuid::parse(history.key);
    if (!id || id->to_string() != history.key) return;
    const auto found =
        rows_.orders().take(*id, [this](const ExportedOrder& order) { examine(order, nullptr); });
    for (const ExportedOrder& order : found)
      examine(order, &history);
  }

  void finish() {
    rows_.orders().finish([this](const ExportedOrder& order) { examine(order, nullptr); });
    check_.looked_at(pending_, "pending orders");
  }

 private:
  /// `history` is null where the log has none of the order.
  void examine(const ExportedOrder& order, const events::KeyHistory* history) {
    if (order.state != "PENDING") return;
    // What is processing the gateway has in hand, and reports how it ends.
    const auto payment = rows_.payment_of(order);
    if (payment && payment->state == "processing") return;
    ++pending_;
    if (history != nullptr && is_waited_on(*history)) return;
    check_.report("order " + order.key.to_string() +
                  " is PENDING, and nothing is going to change it");
  }

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

  const events::Progress& progress_;
  IntegrityCheck& check_;
  PaidOrders rows_;
  std::int64_t pending_ = 0;
};

/// What the module of that name exports; null where it has no tables there.
const host::OrderExport* export_of(std::string_view name, const Modules& modules,
                                   const std::set<std::string>& owners) {
  if (!owners.contains(std::string(name))) return nullptr;
  const auto module = std::ranges::find(modules, name, &host::Module::name);
  return module == modules.end() ? nullptr : (*module)->order_export();
}

}  // namespace

void check_across_modules(storage::Connection& connection, const Modules& modules,
                          const std::set<std::string>& owners, events::LogIntegrity& events,
                          storage::IntegrityReport& report) {
  IntegrityCheck& pending = report.add("whole: pending orders");
  IntegrityCheck& payments = report.add("whole: orders and payments");
  for (const char* owner : {"orders", "billing"}) {
    if (export_of(owner, modules, owners) != nullptr) continue;
    for (IntegrityCheck* check : {&pending, &payments})
      check->skip(std::string("there are no tables of ") + owner + " to check");
    return;
  }
  const events::IdRange range = events.ids();
  const auto rows_of = [&](const char* owner) {
    return export_of(owner, modules, owners)
        ->orders(connection.session(owner), range.after, range.upto)
        .value();
  };
  const auto paid_orders = [&] { return PaidOrders(rows_of("orders"), rows_of("billing")); };
  storage::IntegrityReport::guard(payments,
                                  [&] { compare_orders_and_payments(paid_orders(), payments); });
  storage::IntegrityReport::guard(pending, [&] {
    const auto reader = std::make_shared<PendingReader>(paid_orders(), events.progress(), pending);
    events.add_reader({&pending,
                       {},
                       [reader](const events::KeyHistory& history) { reader->see(history); },
                       [reader] { reader->finish(); }});
  });
}

}  // namespace orderflow::doctor
