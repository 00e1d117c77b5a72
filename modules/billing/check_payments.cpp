#include "check_payments.hpp"

#include "billing/contract/order_processed.hpp"
#include "billing/contract/payment_refunded.hpp"
#include "billing/contract/payment_requested.hpp"
#include "books/currency_in.hpp"
#include "books/gateway_key.hpp"
#include "books/payment.hpp"
#include "core/money.hpp"
#include "host/rows_by_key.hpp"
#include "orders/contract/order_created.hpp"

#include <memory>
#include <string>
#include <vector>

namespace orderflow::billing {
namespace {

using events::Event;

struct PaymentRow {
  core::Uuid key;  ///< the order
  std::string id;
  core::Money amount;
  PaymentState state;
  std::int64_t refunded_amount;
  std::string payment_method;
  std::string gateway_key;
};

PaymentRow read_row(const storage::Rows& rows) {
  return {.key = rows.get<core::Uuid>(0),
          .id = rows.get<core::Uuid>(1).to_string(),
          .amount = {rows.get<std::int64_t>(3), currency_in(rows, 2)},
          .state = parse_payment_state(rows.get<std::string_view>(4)),
          .refunded_amount = rows.get<std::int64_t>(5),
          .payment_method = rows.get<std::string>(6),
          .gateway_key = rows.get<std::string>(7)};
}

/// What the log says of one order's payment.
struct Milestones {
  const Event* created = nullptr;
  const Event* requested = nullptr;
  std::vector<OrderResult> results;
  std::vector<PaymentRefunded> refunds;
};

Milestones milestones_of(const events::KeyHistory& history) {
  Milestones milestones;
  for (const auto& event : history.events) {
    if (event->kind() == orders::OrderCreated::kind) milestones.created = event.get();
    if (event->is<PaymentRequested>()) milestones.requested = event.get();
    if (event->is<OrderProcessed>())
      milestones.results.push_back(event->as<OrderProcessed>().status);
    if (event->is<PaymentRefunded>()) milestones.refunds.push_back(event->as<PaymentRefunded>());
  }
  return milestones;
}

/// Whether a payment in this state is what the result of its order says. No result: not yet.
bool agree(PaymentState state, std::optional<OrderResult> result) noexcept {
  switch (state) {
    case PaymentState::requested:
    case PaymentState::sending:
    case PaymentState::processing:
      return !result;
    case PaymentState::captured:
    case PaymentState::refunded:
      return result == OrderResult::processed;
    case PaymentState::declined:
      return result == OrderResult::payment_declined || result == OrderResult::canceled;
    case PaymentState::canceled:
      return result == OrderResult::canceled;
    case PaymentState::refused:
      break;
  }
  return result == OrderResult::canceled_fraud;
}

/// Compares payments with histories, both in the order of the orders' identifiers.
class PaymentReader {
 public:
  explicit PaymentReader(host::ModuleIntegrity& integrity)
      : integrity_(integrity),
        charges_(integrity.check("payments and the log")),
        amounts_(integrity.check("amounts")),
        refunds_(integrity.check("refunds")),
        waiting_(integrity.check("unfinished payments")),
        rows_(integrity.tables().query("SELECT order_id, id, currency, amount, state,"
                                       " refunded_amount, payment_method, gateway_key"
                                       " FROM billing_payment WHERE order_id > ?1 AND"
                                       " order_id <= ?2 ORDER BY order_id",
                                       integrity.orders().after, integrity.orders().upto),
              read_row) {}

  storage::IntegrityCheck& check() noexcept { return charges_; }

  void see(const events::KeyHistory& history) {
    const auto order = core::Uuid::parse(history.key);
    if (!order || order->to_string() != history.key) return;
    const auto rows = rows_.take(*order, [this](const PaymentRow& row) { without_history(row); });
    const Milestones milestones = milestones_of(history);
    const bool is_whole = integrity_.progress().whole(history);
    if (rows.empty()) {
      if (is_whole) without_payment(history, milestones);
      return;
    }
    if (rows.size() > 1) charges_.report("order " + order->to_string() + " has several payments");
    if (milestones.created == nullptr || !is_whole) {
      without_history(rows.front());
      return;
    }
    compare(rows.front(), milestones);
    compare_terms(rows.front(), milestones);
    compare_amounts(rows.front(), history);
    compare_refunds(rows.front(), milestones);
    look_at_unfinished(rows.front(), milestones);
  }

  void finish() {
    rows_.finish([this](const PaymentRow& row) { without_history(row); });
    for (storage::IntegrityCheck* check : {&charges_, &amounts_, &refunds_, &waiting_}) {
      check->looked_at(rows_.count() - set_aside_, "payments");
      if (set_aside_ > 0) check->looked_at(set_aside_, "set aside: their events were removed");
    }
  }

 private:
  static std::string name_of(const PaymentRow& row) {
    return "payment " + row.id + " of order " + row.key.to_string();
  }

  static std::string state_of(const PaymentRow& row) { return std::string(to_string(row.state)); }

  void without_history(const PaymentRow& row) {
    if (integrity_.progress().whole()) {
      charges_.report(name_of(row) + " is for an order that the log does not know");
    }
    ++set_aside_;
  }

  void without_payment(const events::KeyHistory& history, const Milestones& milestones) {
    const std::string order = "order " + std::string(history.key);
    if (milestones.requested != nullptr && integrity_.published_here(*milestones.requested)) {
      charges_.report(order + " has no payment, but one was requested");
      return;
    }
    if (milestones.created == nullptr || !milestones.results.empty()) return;
    if (integrity_.progress().done("billing.assess", milestones.created->meta().seq)) {
      charges_.report(order + " was assessed, but has no payment and no result");
    }
  }

  void compare(const PaymentRow& row, const Milestones& milestones) {
    if (milestones.results.size() > 1) {
      charges_.report("order " + row.key.to_string() + " came to its result " +
                      std::to_string(milestones.results.size()) + " times");
    }
    const auto result =
        milestones.results.empty() ? std::nullopt : std::optional(milestones.results.front());
    if (agree(row.state, result)) return;
    charges_.report(name_of(row) + " is " + state_of(row) + ", but the log says " +
                    (result ? std::string(to_string(*result)) : "nothing of its result"));
  }

  /// An operator may have edited the payment method: then it is charged under a later key.
  void compare_terms(const PaymentRow& row, const Milestones& milestones) {
    if (milestones.requested == nullptr || !milestones.requested->is<PaymentRequested>()) return;
    const auto& published = milestones.requested->as<PaymentRequested>();
    if (row.payment_method == published.payment_method && row.gateway_key == published.gateway_key)
      return;
    if (is_later_gateway_key(row.gateway_key, published.gateway_key) &&
        integrity_.progress().by_hand("billing.capture", milestones.requested->meta().seq)) {
      return;
    }
    charges_.report(name_of(row) + " is charged by '" + row.payment_method + "' under the key " +
                    row.gateway_key + ", but the log says by '" + published.payment_method +
                    "' under the key " + published.gateway_key + ", and nobody has edited that");
  }

  void compare_amounts(const PaymentRow& row, const events::KeyHistory& history) {
    const auto expect = [&](const Event& event, const core::Money& amount) {
      if (amount == row.amount) return;
      amounts_.report(name_of(row) + " is over " + row.amount.in_minor_unit() + ", but event " +
                      std::to_string(event.meta().seq.value()) + " (" + event.meta().kind +
                      ") over " + amount.in_minor_unit());
    };
    for (const auto& event : history.events) {
      if (event->is<orders::OrderCreated>()) {
        expect(*event, event->as<orders::OrderCreated>().order.total);
      } else if (event->is<PaymentRequested>()) {
        expect(*event, event->as<PaymentRequested>().amount);
      } else if (event->is<OrderProcessed>()) {
        expect(*event, event->as<OrderProcessed>().amount);
      }
    }
  }

  void compare_refunds(const PaymentRow& row, const Milestones& milestones) {
    core::AmountSum paid_back;
    core::AmountSum remaining;
    remaining.add(row.amount.amount);
    std::int64_t times_full = 0;
    for (const PaymentRefunded& refund : milestones.refunds) {
      paid_back.add(refund.amount.amount);
      remaining.subtract(refund.amount.amount);
      if (refund.is_full()) ++times_full;
      const core::Currency currency = refund.amount.currency;
      if (remaining == refund.remaining_amount && currency == row.amount.currency) continue;
      refunds_.report(name_of(row) + " over " + row.amount.in_minor_unit() + " was paid back " +
                      paid_back.to_string() + " " + std::string(currency.code()) +
                      ", and the log says that " + std::to_string(refund.remaining_amount) +
                      " remains");
    }
    const bool refunded = row.state == PaymentState::refunded;
    if (times_full != (refunded ? 1 : 0)) {
      refunds_.report(name_of(row) + " is " + state_of(row) + ", but was paid back in full " +
                      std::to_string(times_full) + " times in the log");
    }
    if (paid_back != row.refunded_amount) {
      refunds_.report(name_of(row) + " counts " + std::to_string(row.refunded_amount) +
                      " as paid back, but the log " + paid_back.to_string());
    }
  }

  void look_at_unfinished(const PaymentRow& row, const Milestones& milestones) {
    if (!may(PaymentChange::send, row.state)) return;
    if (milestones.requested != nullptr &&
        integrity_.progress().waits("billing.capture", milestones.requested->meta().seq)) {
      return;
    }
    waiting_.report(name_of(row) + " is " + state_of(row) + ", but nobody is to charge it");
  }

  host::ModuleIntegrity& integrity_;
  storage::IntegrityCheck& charges_;
  storage::IntegrityCheck& amounts_;
  storage::IntegrityCheck& refunds_;
  storage::IntegrityCheck& waiting_;
  host::RowsByKey<PaymentRow> rows_;
  std::int64_t set_aside_ = 0;
};

}  // namespace

const host::OrderExport& payments_export() noexcept {
  static const host::QueriedOrders rows({
      .order_behind = "SELECT order_id FROM billing_payment WHERE order_id > ?1"
                      " ORDER BY order_id LIMIT 1 OFFSET ?2",
      .orders = "SELECT order_id, state, amount, currency, user_id FROM billing_payment"
                " WHERE order_id > ?1 AND order_id <= ?2 ORDER BY order_id",
  });
  return rows;
}

void check_payments(host::ModuleIntegrity& integrity) {
  integrity.read_log(std::make_shared<PaymentReader>(integrity));
}

}  // namespace orderflow::billing
