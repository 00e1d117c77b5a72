#include "check_refunds.hpp"

#include "billing/contract/payment_refund_requested.hpp"
#include "billing/contract/payment_refunded.hpp"
#include "books/currency_in.hpp"
#include "books/refund.hpp"
#include "core/money.hpp"
#include "host/rows_by_key.hpp"
#include "orders/contract/order_created.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orderflow::billing {
namespace {

struct RefundRow {
  core::Uuid key;  ///< the order
  RefundId id;
  core::Money amount;
  RefundState state;
  std::string gateway_key;
  std::string gateway_reference;
  int times_published = 0;  ///< that it was made
};

RefundRow read_refund_row(const storage::Rows& rows) {
  return {.key = rows.get<core::Uuid>(0),
          .id = RefundId{rows.get<core::Uuid>(1)},
          .amount = {rows.get<std::int64_t>(3), currency_in(rows, 2)},
          .state = parse_refund_state(rows.get<std::string_view>(4)),
          .gateway_key = rows.get<std::string>(5),
          .gateway_reference = rows.get<std::string>(6)};
}

/// Older events name the refund as the gateway does, and not as we do.
bool is_about(const PaymentRefunded& published, const RefundRow& row) {
  return published.payment_refund_id ? published.payment_refund_id == row.id
                                     : published.refund_id == row.gateway_reference;
}

/// Compares refunds with histories, both in the order of the orders' identifiers.
class RefundReader {
 public:
  explicit RefundReader(host::ModuleIntegrity& integrity)
      : integrity_(integrity),
        log_(integrity.check("refunds and the log")),
        waiting_(integrity.check("unfinished refunds")),
        rows_(integrity.tables().query(
                  "SELECT order_id, id, currency, amount, state, gateway_key, gateway_reference"
                  " FROM billing_refund WHERE order_id > ?1 AND order_id <= ?2"
                  " ORDER BY order_id, id",
                  integrity.orders().after, integrity.orders().upto),
              read_refund_row) {}

  storage::IntegrityCheck& check() noexcept { return log_; }

  void see(const events::KeyHistory& history) {
    const auto order = core::Uuid::parse(history.key);
    if (!order || order->to_string() != history.key) return;
    auto rows = rows_.take(*order, [this](const RefundRow& row) { without_history(row); });
    // A late event may begin what is left of a history that retention has removed.
    if (!integrity_.progress().whole(history) || !tells_of_creation(history)) {
      for (const RefundRow& row : rows)
        without_history(row);
      return;
    }
    for (const auto& event : history.events) {
      if (event->is<PaymentRefunded>()) match(event->as<PaymentRefunded>(), rows);
    }
    for (const RefundRow& row : rows) {
      compare(row);
      if (row.state == RefundState::requested) look_at_unfinished(row, history);
    }
  }

  void finish() {
    rows_.finish([this](const RefundRow& row) { without_history(row); });
    for (storage::IntegrityCheck* check : {&log_, &waiting_}) {
      check->looked_at(rows_.count() - set_aside_, "refunds");
      if (set_aside_ > 0) check->looked_at(set_aside_, "set aside: their events were removed");
    }
  }

 private:
  static bool tells_of_creation(const events::KeyHistory& history) {
    return std::ranges::any_of(history.events, [](const events::EventPtr& event) {
      return event->kind() == orders::OrderCreated::kind;
    });
  }

  static std::string name_of(const RefundRow& row) {
    return "refund " + row.id.value().to_string() + " of order " + row.key.to_string();
  }

  void without_history(const RefundRow& row) {
    if (integrity_.progress().whole()) {
      log_.report(name_of(row) + " is for an order that the log does not know");
    }
    ++set_aside_;
  }

  void match(const PaymentRefunded& published, std::vector<RefundRow>& rows) {
    if (published.amount.amount == 0) return;  // a payment of nothing has no refunds
    const auto row =
        std::ranges::find_if(rows, [&](const RefundRow& one) { return is_about(published, one); });
    if (row == rows.end()) {
      log_.report("order " + published.order_id.value().to_string() + " was paid back " +
                  std::to_string(published.amount.amount) +
                  " in the log, and there is no such refund");
      return;
    }
    ++row->times_published;
    if (published.amount == row->amount) return;
    log_.report(name_of(*row) + " is over " + row->amount.in_minor_unit() + ", but the log says " +
                published.amount.in_minor_unit());
  }

  void compare(const RefundRow& row) {
    if (row.times_published == (row.state == RefundState::made ? 1 : 0)) return;
    log_.report(name_of(row) + " is " + std::string(to_string(row.state)) + ", but was paid back " +
                std::to_string(row.times_published) + " times in the log");
  }

  void look_at_unfinished(const RefundRow& row, const events::KeyHistory& history) {
    const bool is_in_hand = std::ranges::any_of(history.events, [&](const events::EventPtr& event) {
      return event->is<PaymentRefundRequested>() &&
             event->as<PaymentRefundRequested>().gateway_key == row.gateway_key &&
             integrity_.progress().waits("billing.refund", event->meta().seq);
    });
    // The gateway has it in hand where it has named it, and tells how it ends.
    if (!is_in_hand && row.gateway_reference.empty())
      waiting_.report(name_of(row) + " is requested, but nobody is to make it");
  }

  host::ModuleIntegrity& integrity_;
  storage::IntegrityCheck& log_;
  storage::IntegrityCheck& waiting_;
  host::RowsByKey<RefundRow> rows_;
  std::int64_t set_aside_ = 0;
};

std::int64_t count_of(storage::Session session, std::string_view sql) {
  auto count = session.query(sql);
  return count.next() ? count.get<std::int64_t>(0) : 0;
}

struct PaidBack {
  core::Uuid payment;
  std::int64_t refunded_amount;
  std::int64_t refunding_amount;
  core::AmountSum made = {};
  core::AmountSum open = {};
};

void compare_amounts(const PaidBack& paid, storage::IntegrityCheck& check) {
  if (paid.made == paid.refunded_amount && paid.open == paid.refunding_amount) return;
  check.report("payment " + paid.payment.to_string() + " counts " +
               std::to_string(paid.refunded_amount) + " as paid back and " +
               std::to_string(paid.refunding_amount) + " as promised, but its refunds are " +
               paid.made.to_string() + " and " + paid.open.to_string());
}

/// Adds up here: the sum of SQLite gives up beyond 64 bits.
void compare_amounts(host::ModuleIntegrity& integrity, storage::IntegrityCheck& check) {
  auto rows = integrity.tables().query(
      "SELECT p.id, refunded_amount, refunding_amount, coalesce(r.state, ''), coalesce(r.amount, 0)"
      " FROM billing_payment AS p LEFT JOIN billing_refund AS r ON r.payment_id = p.id"
      " WHERE refunded_amount <> 0 OR refunding_amount <> 0 OR r.id IS NOT NULL ORDER BY p.id");
  std::optional<PaidBack> paid;
  while (rows.next()) {
    const auto payment = rows.get<core::Uuid>(0);
    if (!paid || paid->payment != payment) {
      if (paid) compare_amounts(*paid, check);
      paid = PaidBack{.payment = payment,
                      .refunded_amount = rows.get<std::int64_t>(1),
                      .refunding_amount = rows.get<std::int64_t>(2)};
    }
    const auto state = rows.get<std::string_view>(3);
    if (state == to_string(RefundState::made)) paid->made.add(rows.get<std::int64_t>(4));
    if (state == to_string(RefundState::requested)) paid->open.add(rows.get<std::int64_t>(4));
  }
  if (paid) compare_amounts(*paid, check);
}

void compare_disputes(host::ModuleIntegrity& integrity, storage::IntegrityCheck& check) {
  auto rows = integrity.tables().query(
      "SELECT p.id, disputed_amount, coalesce(d.amount * d.is_withdrawn, 0) FROM billing_payment AS"
      " p LEFT JOIN billing_dispute AS d ON d.payment_id = p.id"
      " WHERE disputed_amount <> 0 OR d.payment_id IS NOT NULL ORDER BY p.id");
  std::optional<core::Uuid> payment;
  std::int64_t counted = 0;
  core::AmountSum withdrawn;
  const auto compare = [&] {
    if (!payment || counted == withdrawn.saturated()) return;
    check.report("payment " + payment->to_string() + " counts " + std::to_string(counted) +
                 " as disputed, but its disputes are " + withdrawn.to_string());
  };
  while (rows.next()) {
    const auto next = rows.get<core::Uuid>(0);
    if (payment != next) {
      compare();
      payment = next;
      counted = rows.get<std::int64_t>(1);
      withdrawn = {};
    }
    withdrawn.add(rows.get<std::int64_t>(2));
  }
  compare();
}

void check_sums(host::ModuleIntegrity& integrity) {
  integrity.run_whole("refunds and payments", [&](storage::IntegrityCheck& check) {
    check.looked_at(count_of(integrity.tables(), "SELECT count(*) FROM billing_refund"), "refunds");
    compare_amounts(integrity, check);
    check.report_rows(integrity.tables().query(
        "SELECT 'payment ', id, ' over ' || amount || ' is ' || state || ', and '"
        " || refunded_amount || ' of it was paid back' FROM billing_payment"
        " WHERE refunded_amount + refunding_amount > amount"
        " OR (amount > 0 AND (state = 'refunded') <> (refunded_amount = amount))"));
    check.report_rows(integrity.tables().query(
        "SELECT 'refund ', r.id, ' is of a payment that is not there, or differs'"
        " FROM billing_refund AS r LEFT JOIN billing_payment AS p ON p.id = r.payment_id"
        " WHERE p.order_id IS DISTINCT FROM r.order_id OR p.currency IS DISTINCT FROM r.currency"));
    check.report_rows(integrity.tables().query(
        "SELECT 'the gateway''s books say what cannot be booked: ' || why FROM billing_unbooked"
        " ORDER BY found_at, reference"));
    compare_disputes(integrity, check);
  });
}

void check_idempotency(host::ModuleIntegrity& integrity) {
  integrity.run_whole("idempotency keys", [&](storage::IntegrityCheck& check) {
    check.looked_at(count_of(integrity.tables(), "SELECT count(*) FROM billing_idempotency"),
                    "keys");
    check.report_rows(integrity.tables().query(
        "SELECT 'key ' || k.key || ' of client ' || k.client || ' asked for refund ', k.refund_id,"
        " ', which payment ', k.payment_id, ' does not have' FROM billing_idempotency AS k"
        " LEFT JOIN billing_refund AS r ON r.id = k.refund_id"
        " WHERE r.payment_id IS DISTINCT FROM k.payment_id"));
  });
}

}  // namespace

void check_refunds(host::ModuleIntegrity& integrity) {
  check_sums(integrity);
  check_idempotency(integrity);
  integrity.read_log(std::make_shared<RefundReader>(integrity));
}

}  // namespace orderflow::billing
