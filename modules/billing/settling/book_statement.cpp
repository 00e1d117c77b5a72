#include "settling/book_statement.hpp"

#include "books/dispute_store.hpp"
#include "books/payment_store.hpp"
#include "books/refund_store.hpp"
#include "books/unbooked.hpp"
#include "settling/request_refund.hpp"
#include "settling/settle_charge.hpp"
#include "settling/settle_refund.hpp"
#include "telemetry/log.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::billing {
namespace {

using events::Turn;

constexpr std::string_view too_little_left =
    "too little of the charge is left at the gateway: the shop has paid back there";

bool has_moved(const GatewayRefund& refund) noexcept {
  return !std::holds_alternative<RefundRefused>(refund.result);
}

std::string shown_amount(const std::optional<core::Money>& money) {
  return money ? money->to_string() : "an amount that cannot be read";
}

/// One charge of ours, compared with its payment. The payment is read anew wherever it may have
/// changed.
class Booking {
 public:
  Booking(Turn& turn, const PaymentGateway& gateway, const Payment& payment,
          const ChargeStatement& statement, std::string_view taken_key)
      : turn_(turn),
        gateway_(gateway),
        id_(payment.id),
        is_to_be_canceled_(payment.cancel_requested),
        cancel_reason_(payment.cancel_reason),
        statement_(statement),
        taken_key_(taken_key) {}

  /// True where a refund has become a row.
  bool book() {
    // A refund that is no more makes room, so it comes first.
    for (const bool moved : {false, true}) {
      for (const GatewayRefund& refund : statement_.refunds) {
        if (has_moved(refund) == moved) book(refund);
      }
    }
    const Payment after = payment();
    if (gave_up_ && is_to_be_canceled_ && left_to_refund(after) > 0) {
      pay_back_rest(turn_, gateway_, after, cancel_reason_);
    }
    return has_new_;
  }

 private:
  Payment payment() { return PaymentStore(turn_.db()).find(id_).value(); }

  std::optional<Refund> known(const GatewayRefund& refund) {
    RefundStore refunds(turn_.db());
    if (auto found = refunds.find_by_key(key_of(refund))) return found;
    return refunds.find_by_reference(id_, refund.reference);
  }

  /// What the shop has asked for there has no key of ours; then its name is the key.
  static std::string key_of(const GatewayRefund& refund) {
    return refund.idempotency_key.empty() ? "gateway:" + refund.reference : refund.idempotency_key;
  }

  void cannot(const GatewayRefund& refund, const std::string& why) {
    cannot_book(turn_,
                {.subject = Unbooked::Subject::refund,
                 .reference = refund.reference,
                 .charge_reference = statement_.charge_reference,
                 .why = "refund " + refund.reference + " over " + shown_amount(refund.amount) +
                        " of charge " + statement_.charge_reference + " " + why});
  }

  void book(const GatewayRefund& refund) {
    const auto row = known(refund);
    if (!row) {
      if (has_moved(refund)) book_new(refund);
      return;
    }
    if (is_of_another(refund, *row)) {
      renew_key(turn_, *row);
      if (has_moved(refund)) book_new(refund);
      return;
    }
    if (row->payment_id != id_ || refund.amount != row->amount) {
      cannot(refund, "is refund " + row->id.value().to_string() + " here, which is over " +
                         row->amount.in_minor_unit());
      return;
    }
    settle_refund(turn_, row->gateway_key, refund.result);
  }

  /// Whether a refund of ours, of this charge, has a key under which another node was faster.
  bool is_of_another(const GatewayRefund& refund, const Refund& row) const {
    return !taken_key_.empty() && refund.idempotency_key == taken_key_ && row.payment_id == id_ &&
           row.state != RefundState::made && row.gateway_reference.empty() && refund.amount &&
           refund.amount->currency == row.amount.currency && refund.amount != row.amount;
  }

  void book_new(const GatewayRefund& report) {
    const Payment before = payment();
    if (!report.amount || report.amount->currency != before.amount.currency) {
      return cannot(report, "is not in the currency of the payment, " +
                                std::string(before.amount.currency.code()));
    }
    const std::int64_t amount = report.amount->amount;
    if (amount <= 0) return cannot(report, "is over nothing");
    make_room(amount);
    if (!PaymentStore(turn_.db()).promise(id_, amount, turn_.now())) {
      return cannot(report, "is more than is left of the payment, " +
                                std::to_string(left_to_refund(payment())) + " of the minor unit");
    }
    Refund refund;
    refund.id = RefundId{turn_.new_id()};
    refund.payment_id = id_;
    refund.order_id = before.order_id;
    refund.amount = *report.amount;
    refund.reason = report.reason;
    refund.origin =
        report.idempotency_key.empty() ? RefundOrigin::gateway : RefundOrigin::orderflow;
    refund.gateway_key = key_of(report);
    refund.gateway_reference = report.reference;
    refund.created_at = turn_.now();
    refund.updated_at = turn_.now();
    RefundStore(turn_.db()).add(refund);
    settle_refund(turn_, refund.gateway_key, report.result);
    has_new_ = true;
  }

  bool is_reported(const Refund& refund) const {
    return std::ranges::any_of(statement_.refunds, [&](const GatewayRefund& report) {
      return report.idempotency_key == refund.gateway_key;
    });
  }

  /// Gives up promised refunds of ours, the newest first, until `amount` fits: the gateway does not
  /// have them, and has less left than they come to. Of several it is sent one at a time, the
  /// oldest first, so that one that is on its way goes last, and only where it alone is too much.
  void make_room(std::int64_t amount) {
    RefundStore refunds(turn_.db());
    for (const Refund& refund : refunds.without_name(id_)) {
      if (left_to_refund(payment()) >= amount) return;
      if (is_reported(refund) || !refunds.abandon(refund.id, turn_.now())) continue;
      free_amount(turn_, refund, std::string(too_little_left));
      gave_up_ = true;
    }
  }

  Turn& turn_;
  const PaymentGateway& gateway_;
  const PaymentId id_;
  const bool is_to_be_canceled_;
  const std::string cancel_reason_;
  const ChargeStatement& statement_;
  const std::string_view taken_key_;
  bool gave_up_ = false;
  bool has_new_ = false;
};

/// Money of ours that was charged although our books have no such charge: to be paid back there.
void look_at_needless(Turn& turn, const Payment& payment, const ChargeStatement& statement) {
  if (!statement.captured) return;
  std::int64_t left = statement.captured->amount;
  for (const GatewayRefund& refund : statement.refunds) {
    if (!refund.amount || !std::holds_alternative<RefundMade>(refund.result)) continue;
    left -= std::min(left, refund.amount->amount);
  }
  if (left == 0) return;
  cannot_book(turn, {.subject = Unbooked::Subject::charge,
                     .reference = statement.charge_reference,
                     .charge_reference = statement.charge_reference,
                     .why = needless_charge(payment, statement.charge_reference)});
}

bool is_charge_of(const Payment& payment, const ChargeStatement& statement) {
  return payment.gateway_reference == statement.charge_reference &&
         (payment.state == PaymentState::captured || payment.state == PaymentState::refunded);
}

void settle_missing_answer(Turn& turn, const PaymentGateway& gateway, const Payment& payment,
                           const ChargeStatement& statement) {
  if (!may(PaymentChange::capture, payment.state) || statement.captured != payment.amount) return;
  settle_charge(turn, gateway, payment.id, Approved{statement.charge_reference});
}

std::optional<Payment> payment_of(Turn& turn, const ChargeStatement& statement) {
  const auto id = core::Uuid::parse(statement.payment_id);
  return id ? PaymentStore(turn.db()).find(PaymentId{*id}) : std::nullopt;
}

std::string unknown_payment(const ChargeStatement& statement) {
  return "charge " + statement.charge_reference + " is of payment " +
         statement.payment_id.substr(0, 64) + ", which is not known here";
}

}  // namespace

bool book_statement(Turn& turn, const PaymentGateway& gateway, const ChargeStatement& statement,
                    std::string_view taken_key) {
  if (statement.payment_id.empty()) return false;
  bool has_new = false;
  UnbookedReview review(turn, statement.charge_reference);
  auto payment = payment_of(turn, statement);
  if (payment) {
    settle_missing_answer(turn, gateway, *payment, statement);
    payment = payment_of(turn, statement);
    if (is_charge_of(*payment, statement)) {
      has_new = Booking(turn, gateway, *payment, statement, taken_key).book();
    } else {
      look_at_needless(turn, *payment, statement);
    }
  } else if (!statement.refunds.empty()) {
    cannot_book(turn, {.subject = Unbooked::Subject::charge,
                       .reference = statement.charge_reference,
                       .charge_reference = statement.charge_reference,
                       .why = unknown_payment(statement)});
  }
  review.conclude();
  return has_new;
}

void book_dispute(Turn& turn, const ChargeStatement& statement, const DisputeReport& report) {
  if (statement.payment_id.empty()) return;
  const auto cannot = [&](const std::string& why) {
    cannot_book(turn, {.subject = Unbooked::Subject::dispute,
                       .reference = report.reference,
                       .charge_reference = statement.charge_reference,
                       .why = "dispute " + report.reference + " over " +
                              report.amount.in_minor_unit() + ": " + why});
  };
  const auto payment = payment_of(turn, statement);
  if (!payment) return cannot(unknown_payment(statement));
  if (!is_charge_of(*payment, statement)) return cannot("its charge is not in our books");
  if (report.amount.currency != payment->amount.currency ||
      report.amount.amount > payment->amount.amount) {
    return cannot("the payment is over " + payment->amount.in_minor_unit());
  }
  DisputeStore disputes(turn.db());
  const auto known = disputes.find(report.reference);
  if (known && known->payment_id != payment->id) return cannot("it is of another payment here");
  if (known && known->report.reported_at > report.reported_at) return;
  disputes.put({.payment_id = payment->id,
                .report = report,
                .created_at = known ? known->created_at : turn.now(),
                .updated_at = turn.now()});
  PaymentStore(turn.db()).dispute(payment->id, disputes.withdrawn_of(payment->id), turn.now());
  dispute_is_booked(turn, report.reference);
  telemetry::log("billing").warn("dispute={} payment={} order={} status={} withdrawn={}",
                                 report.reference, payment->id.value().to_string(),
                                 payment->order_id.value().to_string(), report.status,
                                 report.is_withdrawn);
}

}  // namespace orderflow::billing
