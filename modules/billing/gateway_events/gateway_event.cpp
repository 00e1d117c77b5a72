#include "gateway_events/gateway_event.hpp"

#include "billing/contract/payment_statement_requested.hpp"
#include "books/payment_store.hpp"
#include "books/refund_store.hpp"
#include "books/unbooked.hpp"
#include "card/card_amount.hpp"
#include "card/card_answer.hpp"
#include "card/card_id.hpp"
#include "card/decline_codes.hpp"
#include "gateway_events/gateway_event_store.hpp"
#include "settling/settle_charge.hpp"
#include "settling/settle_refund.hpp"
#include "telemetry/log.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace orderflow::billing {
namespace {

using events::Turn;
using nlohmann::json;

constexpr std::array charge_types =
    std::to_array<std::string_view>({"payment_intent.succeeded", "payment_intent.payment_failed",
                                     "payment_intent.canceled", "payment_intent.processing"});
constexpr std::array refund_types = std::to_array<std::string_view>(
    {"refund.created", "refund.updated", "refund.failed", "charge.refund.updated"});
constexpr std::string_view charge_refunded = "charge.refunded";
constexpr std::array dispute_types = std::to_array<std::string_view>(
    {"charge.dispute.created", "charge.dispute.updated", "charge.dispute.funds_withdrawn",
     "charge.dispute.funds_reinstated", "charge.dispute.closed"});
constexpr std::string_view funds_reinstated = "charge.dispute.funds_reinstated";
/// The states of a dispute in which the bank has the money: it has it from the first on, but for
/// inquiries ("warning_…"), and gives it back with "won".
constexpr std::array withdrawn_states =
    std::to_array<std::string_view>({"needs_response", "under_review", "lost"});

template <class Types>
bool is_among(const Types& types, std::string_view type) {
  return std::ranges::find(types, type) != types.end();
}

ChargeResult result_of(const CardIntent& intent, const ExpectedCharge& expected) {
  const ChargeAnswer answer = charge_of(intent, expected);
  if (const auto* approved = std::get_if<Approved>(&answer)) return *approved;
  if (const auto* pending = std::get_if<Pending>(&answer)) return *pending;
  if (const auto* declined = std::get_if<Declined>(&answer)) return *declined;
  return Declined{std::get<Unfinished>(answer).code};
}

void passed_over(const GatewayEvent& event, std::string_view because) {
  telemetry::log("billing").warn("gateway event passed over id={} type={} because=\"{}\"", event.id,
                                 event.type, because);
}

/// Nothing where the currency, or an amount in it, is none that the gateway could hold.
std::optional<std::int64_t> card_amount_of(const core::Money& amount) {
  return amount.currency.is_known() ? card_amount(amount) : std::nullopt;
}

void take_charge(const PaymentGateway& gateway, const GatewayEvent& event, const CardIntent& intent,
                 Turn& turn) {
  const auto id = core::Uuid::parse(intent.payment_id);
  const auto payment = id ? PaymentStore(turn.db()).find(PaymentId{*id}) : std::nullopt;
  if (!payment) return passed_over(event, "there is no such payment");
  const auto amount = card_amount_of(payment->amount);
  if (!amount) return passed_over(event, "the payment cannot be of this gateway");
  const ExpectedCharge expected{.payment_id = intent.payment_id,
                                .amount = *amount,
                                .currency = std::string(payment->amount.currency.code())};
  settle_charge(turn, gateway, payment->id, result_of(intent, expected));
}

void ask_for_statement(const GatewayEvent& event, const std::string& intent,
                       std::optional<DisputeReport> dispute, Turn& turn) {
  if (intent.empty()) return passed_over(event, "it is of no payment intent");
  turn.publish(
      intent, PaymentStatementRequested{.charge_reference = intent, .dispute = std::move(dispute)});
}

void take_refund(const GatewayEvent& event, const CardRefund& reported, Turn& turn) {
  const auto refund = RefundStore(turn.db()).find_by_key(reported.refund_key);
  const auto payment = refund ? PaymentStore(turn.db()).find(refund->payment_id) : std::nullopt;
  if (!payment) return ask_for_statement(event, reported.intent, std::nullopt, turn);
  const auto amount = card_amount_of(refund->amount);
  if (!amount) return passed_over(event, "the refund cannot be of this gateway");
  const ExpectedRefund expected{.idempotency_key = refund->gateway_key,
                                .charge_reference = payment->gateway_reference,
                                .amount = *amount,
                                .currency = std::string(refund->amount.currency.code())};
  settle_refund(turn, refund->gateway_key, refund_of(reported, expected));
}

void take_refunded(const GatewayEvent& event, const CardCharge& charge, Turn& turn) {
  if (charge.payment_id.empty()) return passed_over(event, "the charge is not ours");
  ask_for_statement(event, charge.intent, std::nullopt, turn);
}

void take_dispute(const GatewayEvent& event, const CardDispute& dispute, Turn& turn) {
  const auto money = money_of_card(dispute.amount, dispute.currency);
  if (!money || money->amount == 0) {
    cannot_book(turn, {.subject = Unbooked::Subject::dispute,
                       .reference = dispute.id,
                       .charge_reference = dispute.intent,
                       .why = "dispute " + dispute.id + " is over an amount that we cannot hold"});
    return;
  }
  const bool is_withdrawn =
      event.type != funds_reinstated && is_among(withdrawn_states, dispute.status);
  ask_for_statement(event, dispute.intent,
                    DisputeReport{.reference = dispute.id,
                                  .amount = *money,
                                  .status = dispute.status,
                                  .reason = dispute.reason,
                                  .is_withdrawn = is_withdrawn,
                                  .reported_at = event.created},
                    turn);
}

/// What an event is about, for a person who has to look at what does not fit.
Unbooked not_fitting(const GatewayEvent& event, const std::string& why) {
  if (event.refund) {
    return {.subject = Unbooked::Subject::refund,
            .reference = event.refund->id,
            .charge_reference = event.refund->intent,
            .why = why};
  }
  const std::string charge = event.charge ? event.charge->id : event.id;
  return {.subject = Unbooked::Subject::charge,
          .reference = charge,
          .charge_reference = charge,
          .why = why};
}

}  // namespace

bool GatewayEvent::tells() const noexcept {
  return charge || refund || refunded || dispute;
}

std::optional<GatewayEvent> read_gateway_event(const json& document) {
  const auto created = whole_number_at(document, "created");
  GatewayEvent event{.id = text_at(document, {"id"}),
                     .type = text_at(document, {"type"}),
                     .created = std::max(created.value_or(0), std::int64_t{0})};
  const json& object = object_at(document, {"data", "object"});
  if (!CardId::parse(event.id) || event.type.empty() || !object.is_object()) return std::nullopt;
  const auto is_read = [&](auto& member, const auto& read) {
    member = read(object);
    return member.has_value();
  };
  bool is_readable = true;
  if (is_among(charge_types, event.type)) {
    is_readable = is_read(event.charge, read_intent);
  } else if (is_among(refund_types, event.type)) {
    is_readable = is_read(event.refund, read_refund);
  } else if (event.type == charge_refunded) {
    is_readable = is_read(event.refunded, read_charge);
  } else if (is_among(dispute_types, event.type)) {
    is_readable = is_read(event.dispute, read_dispute);
  }
  if (!is_readable) return std::nullopt;
  return event;
}

void take_gateway_event(const PaymentGateway& gateway, const GatewayEvent& event, Turn& turn) {
  if (!GatewayEventStore(turn.db()).add(event.id, turn.now())) return;
  try {
    if (event.charge) take_charge(gateway, event, *event.charge, turn);
    if (event.refund) take_refund(event, *event.refund, turn);
    if (event.refunded) take_refunded(event, *event.refunded, turn);
    if (event.dispute) take_dispute(event, *event.dispute, turn);
  } catch (const GatewayError& e) {
    passed_over(event, e.what());
  } catch (const GatewayRefusal& e) {
    cannot_book(turn, not_fitting(event, e.what()));
  }
}

}  // namespace orderflow::billing
