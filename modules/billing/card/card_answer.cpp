#include "card/card_answer.hpp"

#include "card/decline_codes.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <utility>

namespace orderflow::billing {
namespace {

using nlohmann::json;
using outbound::HttpAnswer;

constexpr core::Duration retry_after_max = std::chrono::hours{1};
constexpr std::string_view idempotency_error = "idempotency_error";
constexpr std::string_view lock_timeout = "lock_timeout";

bool is_success(const HttpAnswer& answer) noexcept {
  return answer.status >= 200 && answer.status < 300;
}

json parsed(const HttpAnswer& answer) {
  return json::parse(answer.body, nullptr, false);
}

/// What to show of an error. The gateway's own message may hold what the buyer typed.
std::string shown_answer(const HttpAnswer& answer, const CardError& error) {
  std::string text = "status " + std::to_string(answer.status);
  for (const std::string* part : {&error.type, &error.code, &error.param}) {
    if (!part->empty()) text += " " + word_of(*part);
  }
  return text;
}

[[noreturn]] void refuse(const HttpAnswer& answer, const CardError& error) {
  throw GatewayRefusal("the gateway refuses the request: " + shown_answer(answer, error));
}

std::string decline_of(const std::string& gateway_code) {
  return std::string(decline_code_of(gateway_code));
}

/// What is wrong with a payment, by the code of an error or by the parameter that it is about.
struct Mistake {
  std::string_view code;  ///< a prefix where it ends in '_'; empty: by the parameter alone
  std::string_view param;
  std::string_view ours;
};
constexpr auto mistakes = std::to_array<Mistake>({
    {"amount_too_small", "", amount_too_small},
    {"amount_too_large", "", amount_too_large},
    {"invalid_charge_amount", "", amount_not_accepted},
    {"charge_already_refunded", "", charge_already_refunded},
    {"charge_exceeds_", "", limit_exceeded},
    {"charge_", "", charge_not_refundable},
    {"", "amount", amount_not_accepted},
    {"", "currency", currency_not_supported},
    {"", "payment_method", payment_method_invalid},
    {"", "customer", payment_method_invalid},
    {"", "charge", charge_not_refundable},
    {"", "payment_intent", charge_not_refundable},
});

bool is_about(const CardError& error, const Mistake& mistake) noexcept {
  if (mistake.code.empty()) return error.param == mistake.param;
  return mistake.code.ends_with('_') ? error.code.starts_with(mistake.code)
                                     : error.code == mistake.code;
}

/// Our code for an error that concerns this very payment; nothing for one of the request itself,
/// which every payment would get.
std::optional<std::string> refusal_of(const CardError& error) {
  if (error.type == "card_error") {
    return decline_of(error.decline_code.empty() ? error.code : error.decline_code);
  }
  if (error.type != "invalid_request_error" || error.code == "parameter_unknown" ||
      error.code == "parameter_missing") {
    return std::nullopt;
  }
  const auto found = std::ranges::find_if(
      mistakes, [&](const Mistake& mistake) { return is_about(error, mistake); });
  if (found == mistakes.end()) return std::nullopt;
  return std::string(found->ours);
}

void require_same(const CardIntent& intent, const ExpectedCharge& expected) {
  if (intent.payment_id == expected.payment_id && intent.amount == expected.amount &&
      intent.currency == expected.currency) {
    return;
  }
  throw GatewayRefusal("the gateway's charge " + intent.id + " is not the one that was asked for");
}

}  // namespace

std::optional<PeerTrouble> peer_trouble(const HttpAnswer& answer) {
  const unsigned status = answer.status;
  const std::string shown_status = "status " + std::to_string(status);
  if (status >= 500) return PeerTrouble{"the gateway has failed: " + shown_status, false};
  const bool is_foreign = status == 404 && read_error(parsed(answer)).code.empty();
  if (status < 200 || (status >= 300 && status < 400) || is_foreign) {
    return PeerTrouble{"there is no such gateway at billing.gateway.card.baseUrl: " + shown_status,
                       true};
  }
  if (status == 401 || status == 403) {
    return PeerTrouble{
        "the gateway does not accept billing.gateway.card.secretKey: " + shown_status, true};
  }
  return std::nullopt;
}

std::optional<Throttled> throttled(const HttpAnswer& answer, core::Timestamp now) {
  if (answer.status != 429 || read_error(parsed(answer)).code == lock_timeout) return std::nullopt;
  return Throttled{"the gateway has too much to do: status 429",
                   outbound::retry_after(answer, now, retry_after_max)};
}

void require_answer(const HttpAnswer& answer, core::Timestamp now) {
  if (answer.status == 429) {
    throw GatewayUnavailable("the gateway has locked what this is about: status 429",
                             GatewayUnavailable::Concerns::this_request,
                             outbound::retry_after(answer, now, retry_after_max));
  }
  if (answer.status == 409 || answer.status == 425) {
    throw GatewayError("the gateway is still at an earlier request: status " +
                       std::to_string(answer.status));
  }
}

json document_of(const HttpAnswer& answer) {
  json document = parsed(answer);
  if (!is_success(answer)) {
    throw GatewayError("the gateway gives no answer: " +
                       shown_answer(answer, read_error(document)));
  }
  if (!document.is_object()) throw GatewayError("the gateway's answer is not a JSON object");
  return document;
}

ChargeAnswer charge_of(const CardIntent& intent, const ExpectedCharge& expected) {
  require_same(intent, expected);
  if (intent.status == "succeeded") {
    if (intent.amount_received != expected.amount) {
      throw GatewayRefusal("the gateway has charged another amount: " + intent.id);
    }
    return Approved{intent.id};
  }
  if (intent.status == "processing") return Pending{intent.id};
  const std::string code = intent.error_code.empty() ? std::string(authentication_required)
                                                     : decline_of(intent.error_code);
  if (intent.status == "canceled") return Declined{code};
  if (intent.status == "requires_action" || intent.status == "requires_payment_method") {
    return Unfinished{intent.id, code};
  }
  throw GatewayError("the gateway's charge " + intent.id + " is not finished");
}

ChargeAnswer charge_answer(const HttpAnswer& answer, const ExpectedCharge& expected) {
  if (is_success(answer)) {
    const auto intent = read_intent(document_of(answer));
    if (!intent) throw GatewayError("the gateway's answer to a charge cannot be read");
    return charge_of(*intent, expected);
  }
  const CardError error = read_error(parsed(answer));
  if (error.type == idempotency_error) return KeyConflict{};
  if (auto code = refusal_of(error)) return Declined{std::move(*code)};
  refuse(answer, error);
}

ChargeAnswer cancel_answer(const HttpAnswer& answer, const ExpectedCharge& expected,
                           const std::string& code) {
  const json document = parsed(answer);
  std::optional<CardIntent> intent;
  if (is_success(answer)) {
    intent = read_intent(document);
  } else if (read_error(document).code == "payment_intent_unexpected_state") {
    intent = read_intent(object_at(document, {"error", "payment_intent"}));
  } else {
    refuse(answer, read_error(document));
  }
  if (!intent) throw GatewayError("the gateway's answer to a cancellation cannot be read");
  if (intent->status != "canceled") return charge_of(*intent, expected);
  require_same(*intent, expected);
  return Declined{code};
}

RefundResult refund_of(const CardRefund& refund, const ExpectedRefund& expected) {
  if (refund.refund_key != expected.idempotency_key || refund.amount != expected.amount ||
      refund.currency != expected.currency || refund.intent != expected.charge_reference) {
    throw GatewayRefusal("the gateway's refund " + refund.id + " is not the one asked for");
  }
  return result_of(refund);
}

RefundResult result_of(const CardRefund& refund) {
  if (refund.status == "succeeded") return RefundMade{refund.id};
  if (refund.status == "pending" || refund.status == "requires_action") {
    return RefundPending{refund.id};
  }
  if (refund.status == "failed" || refund.status == "canceled") {
    return RefundRefused{
        word_of(refund.failure_reason.empty() ? refund.status : refund.failure_reason)};
  }
  throw GatewayError("the gateway's refund " + refund.id + " is neither made nor refused");
}

RefundResult refund_answer(const HttpAnswer& answer, const ExpectedRefund& expected) {
  if (is_success(answer)) {
    const auto refund = read_refund(document_of(answer));
    if (!refund) throw GatewayError("the gateway's answer to a refund cannot be read");
    return refund_of(*refund, expected);
  }
  const CardError error = read_error(parsed(answer));
  if (error.type == idempotency_error) return RefundKeyTaken{};
  if (auto code = refusal_of(error)) return RefundRefused{std::move(*code)};
  refuse(answer, error);
}

}  // namespace orderflow::billing
