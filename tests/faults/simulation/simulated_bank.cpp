#include "faults/simulation/simulated_bank.hpp"

#include "events/timers.hpp"

namespace orderflow::simulation {
namespace {

using namespace std::chrono_literals;

enum class BankBehaviour { prompt, late, fails, silent, silent_after_charge, after_deadline };

bool moves_money(BankBehaviour behaviour) noexcept {
  return behaviour != BankBehaviour::fails && behaviour != BankBehaviour::silent;
}

/// When the bank comes back to a request with that deadline.
core::Timestamp end_of(BankBehaviour behaviour, core::Random& random, core::Timestamp now,
                       core::Timestamp deadline) {
  switch (behaviour) {
    case BankBehaviour::late:
      return now + core::Duration(random.below(20'000'000));
    case BankBehaviour::silent:
    case BankBehaviour::silent_after_charge:
      return deadline;
    case BankBehaviour::after_deadline:
      return deadline + 20s;
    case BankBehaviour::prompt:
    case BankBehaviour::fails:
      break;
  }
  return now;
}

void throw_trouble(BankBehaviour behaviour) {
  if (behaviour == BankBehaviour::fails) throw billing::GatewayError("the bank has failed");
  if (behaviour == BankBehaviour::silent || behaviour == BankBehaviour::silent_after_charge)
    throw billing::GatewayError("the bank did not answer in time");
}

BankBehaviour choose_bank(core::Random& random, std::uint64_t trouble_percent) {
  if (random.below(100) >= trouble_percent) return BankBehaviour::prompt;
  return static_cast<BankBehaviour>(1 + random.below(5));
}

}  // namespace

boost::asio::awaitable<billing::ChargeResult> SimulatedBank::charge(
    const billing::ChargeRequest& request) {
  const BankBehaviour behaviour = choose_bank(random_, trouble_percent_);
  const core::Timestamp now = clock_.now();
  const core::Timestamp end = end_of(behaviour, random_, now, request.deadline);
  const bool approved = moves_money(behaviour) && book(request).approved;
  if (end > now) co_await events::sleep_until(*request.timers, end);
  throw_trouble(behaviour);
  if (!approved) co_return billing::Declined{"card_declined"};
  co_return billing::Approved{"bank-" + request.idempotency_key};
}

boost::asio::awaitable<billing::RefundResult> SimulatedBank::refund(
    const billing::RefundRequest& request) {
  const BankBehaviour behaviour = choose_bank(random_, trouble_percent_);
  if (refusals_.contains(request.idempotency_key) ||
      (behaviour != BankBehaviour::prompt && random_.below(4) == 0 &&
       !refunds_.contains(request.idempotency_key))) {
    refusals_.insert(request.idempotency_key);
    co_return billing::RefundRefused{"not_this_one"};
  }
  const core::Timestamp now = clock_.now();
  const core::Timestamp end = end_of(behaviour, random_, now, request.deadline);
  if (moves_money(behaviour)) book(request);
  if (end > now) co_await events::sleep_until(*request.timers, end);
  throw_trouble(behaviour);
  co_return billing::RefundMade{"bank-" + request.idempotency_key};
}

void SimulatedBank::book(const billing::RefundRequest& request) {
  const std::string currency(request.amount.currency.code());
  const auto [found, is_new] = refunds_.try_emplace(
      request.idempotency_key,
      Refund{.order_id = request.order_id, .currency = currency, .amount = request.amount.amount});
  Refund& refund = found->second;
  ++refund.asked;
  if (refund.order_id != request.order_id || refund.amount != request.amount.amount ||
      refund.currency != currency) {
    contradictions_.push_back(request.idempotency_key);
  }
}

const SimulatedBank::Entry& SimulatedBank::book(const billing::ChargeRequest& request) {
  const std::string currency(request.amount.currency.code());
  const auto [found, is_new] = books_.try_emplace(
      request.idempotency_key, Entry{.order_id = request.order_id,
                                     .currency = currency,
                                     .amount = request.amount.amount,
                                     .approved = request.payment_method != declined_method});
  Entry& entry = found->second;
  ++entry.asked;
  if (entry.order_id != request.order_id || entry.amount != request.amount.amount ||
      entry.currency != currency) {
    contradictions_.push_back(request.idempotency_key);
  }
  return entry;
}

}  // namespace orderflow::simulation
