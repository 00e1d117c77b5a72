#include "card/gateway_event.hpp"

#include "card/card_amount.hpp"
#include "card/card_answer.hpp"
#include "card/card_id.hpp"
#include "card/decline_codes.hpp"
#include "card/gateway_event_store.hpp"
#include "payment_store.hpp"
#include "refund_store.hpp"
#include "settle_charge.hpp"
#include "settle_refund.hpp"
#include "telemetry/log.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <string_view>

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
std::optional<std::int64_t> card_amount_of(std::int64_t amount, const std::string& currency_code) {
  const auto currency = core::Currency::parse(currency_code);
  return currency ? card_amount({amount, *currency}) : std::nullopt;
}

void take_charge(const PaymentGateway& gateway, const GatewayEvent& event, const CardIntent& intent,
                 Turn& turn) {
  const auto id = core::Uuid::parse(intent.payment_id);
  const auto payment = id ? PaymentStore(turn.db()).find(PaymentId{*id}) : std::nullopt;
  if (!payment) return passed_over(event, "there is no such payment");
  const auto amount = card_amount_of(payment->amount, payment->currency);
  if (!amount) return passed_over(event, "the payment cannot be of this gateway");
  const ExpectedCharge expected{
      .payment_id = intent.payment_id, .amount = *amount, .currency = payment->currency};
  settle_charge(turn, gateway, payment->id, result_of(intent, expected));
}

void take_refund(const GatewayEvent& event, const CardRefund& told, Turn& turn) {
  const auto refund = RefundStore(turn.db()).find_by_key(told.refund_key);
  const auto payment = refund ? PaymentStore(turn.db()).find(refund->payment_id) : std::nullopt;
  if (!payment) return passed_over(event, "there is no such refund");
  const auto amount = card_amount_of(refund->amount, refund->currency);
  if (!amount) return passed_over(event, "the refund cannot be of this gateway");
  const ExpectedRefund expected{.idempotency_key = refund->gateway_key,
                                .charge_reference = payment->gateway_reference,
                                .amount = *amount,
                                .currency = refund->currency};
  settle_refund(turn, refund->gateway_key, refund_of(told, expected));
}

}  // namespace

std::optional<GatewayEvent> read_gateway_event(const json& document) {
  GatewayEvent event{.id = text_at(document, {"id"}), .type = text_at(document, {"type"})};
  const json& object = object_at(document, {"data", "object"});
  if (!CardId::parse(event.id) || event.type.empty() || !object.is_object()) return std::nullopt;
  if (is_among(charge_types, event.type)) {
    event.charge = read_intent(object);
    if (!event.charge) return std::nullopt;
  } else if (is_among(refund_types, event.type)) {
    auto refund = read_refund(object);
    if (!refund) return std::nullopt;
    event.refunds.push_back(std::move(*refund));
  } else if (event.type == charge_refunded) {
    if (auto page = read_refunds(object_at(object, {"refunds"}))) {
      event.refunds = std::move(page->objects);
    }
  }
  return event;
}

void take_gateway_event(const PaymentGateway& gateway, const GatewayEvent& event, Turn& turn) {
  if (!GatewayEventStore(turn.db()).add(event.id, turn.now())) return;
  try {
    if (event.charge) take_charge(gateway, event, *event.charge, turn);
    for (const CardRefund& refund : event.refunds)
      take_refund(event, refund, turn);
  } catch (const GatewayError& e) {
    passed_over(event, e.what());
  } catch (const GatewayRefusal& e) {
    passed_over(event, e.what());
  }
}

}  // namespace orderflow::billing
