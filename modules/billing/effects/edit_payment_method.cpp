#include "effects/edit_payment_method.hpp"

#include "billing/contract/payment_requested.hpp"
#include "books/gateway_key.hpp"
#include "books/payment_store.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace orderflow::billing {
namespace {

using boost::asio::awaitable;
using events::EditDecision;

constexpr core::Duration inquiry_limit = std::chrono::seconds{15};

std::string text_of(const ChargeResult& result) {
  if (const auto* approved = std::get_if<Approved>(&result)) {
    return "The gateway has charged it already, as " + approved->reference;
  }
  if (const auto* declined = std::get_if<Declined>(&result)) {
    return "The gateway has declined it already (" + declined->code + ")";
  }
  return "The gateway is at it still, as " + std::get<Pending>(result).reference;
}

/// Why an attempt under the payment's key may still come to charge it; nothing: none can.
std::optional<std::string> what_may_come(const Payment& payment, const PaymentGateway& gateway,
                                         core::Timestamp now) {
  const std::string asked = "The gateway was asked to charge it under the key " +
                            payment.gateway_key + ", last at " +
                            core::to_rfc3339(payment.updated_at);
  const auto settles_after = gateway.settles_after();
  if (!settles_after) return asked + ", and it is never sure that it will not.";
  const core::Timestamp sure_at = payment.updated_at + *settles_after;
  if (now >= sure_at) return std::nullopt;
  return asked + ", and may do so until " + core::to_rfc3339(sure_at) +
         ". Until then it can be replayed as it is, under the same key.";
}

/// What the gateway knows of the payment that forbids to charge it otherwise; nothing: it knows of
/// none.
awaitable<std::optional<std::string>> what_is_there(const Payment& payment, PaymentGateway& gateway,
                                                    const core::Clock& clock) {
  if (!payment.amount.currency.is_known()) {
    co_return "'" + std::string(payment.amount.currency.code()) + "' is not a currency.";
  }
  const ChargeInquiry inquiry{.payment_id = payment.id.value().to_string(),
                              .reference = payment.gateway_reference,
                              .amount = payment.amount,
                              .deadline = clock.steady() + inquiry_limit};
  std::string trouble;
  try {
    const std::optional<ChargeResult> found = co_await gateway.find_charge(inquiry);
    if (!found) co_return std::nullopt;
    co_return text_of(*found) + ". Replay it as it is: it is then settled as that.";
  } catch (const GatewayError& e) {
    trouble = e.what();
  } catch (const GatewayRefusal& e) {
    trouble = e.what();
  }
  co_return "The gateway must be asked first whether it has charged it: " + trouble + ".";
}

awaitable<std::optional<std::string>> why_not(const Payment& payment, PaymentGateway& gateway,
                                              const core::Clock& clock) {
  if (!may(PaymentChange::send, payment.state)) {
    co_return "It is " + std::string(to_string(payment.state)) + ".";
  }
  if (payment.sendings == 0) co_return std::nullopt;
  if (auto because = what_may_come(payment, gateway, clock.now())) co_return because;
  auto because = co_await what_is_there(payment, gateway, clock);
  co_return because;
}

void take_method(events::Turn& turn, const Payment& seen, const std::string& method) {
  const std::string key = next_gateway_key(seen.gateway_key);
  if (PaymentStore(turn.db()).take_next_key(seen, method, key, turn.now())) return;
  throw events::EditRefused("Payment " + seen.id.value().to_string() +
                            " has changed since it was looked at: look at it again.");
}

}  // namespace

awaitable<EditDecision> review_payment_method(const host::Host& host, PaymentGateway& gateway,
                                              const events::Event& edited) {
  const auto& wanted = edited.as<PaymentRequested>();
  const std::string id = wanted.payment_id.value().to_string();
  const auto payment = host.read(
      [&](storage::Session session) { return PaymentStore(session).find(wanted.payment_id); });
  if (!payment) co_return EditDecision::refused("There is no payment " + id + ".");
  if (payment->payment_method == wanted.payment_method) co_return EditDecision::permitted();
  const auto because = co_await why_not(*payment, gateway, host.clock());
  if (because) {
    co_return EditDecision::refused("Payment " + id +
                                    " cannot be charged by another payment method. " + *because);
  }
  auto accept = [seen = *payment, method = wanted.payment_method](events::Turn& turn) {
    take_method(turn, seen, method);
  };
  co_return EditDecision::permitted(std::move(accept));
}

}  // namespace orderflow::billing
