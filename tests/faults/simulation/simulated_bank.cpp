#include "faults/simulation/simulated_bank.hpp"

#include "events/timers.hpp"

namespace orderflow::simulation {
namespace {

using namespace std::chrono_literals;

enum class Behaviour { prompt, late, fails, silent, silent_after_charge, after_deadline };

Behaviour choose(core::Random& random, std::uint64_t trouble_percent) {
  if (random.below(100) >= trouble_percent) return Behaviour::prompt;
  return static_cast<Behaviour>(1 + random.below(5));
}

}  // namespace

boost::asio::awaitable<billing::ChargeResult> SimulatedBank::charge(
    const billing::ChargeRequest& request) {
  const Behaviour behaviour = choose(random_, trouble_percent_);
  const core::Timestamp now = clock_.now();
  core::Timestamp end = now;
  if (behaviour == Behaviour::late) end += core::Duration(random_.below(20'000'000));
  if (behaviour == Behaviour::silent || behaviour == Behaviour::silent_after_charge)
    end = request.deadline;
  if (behaviour == Behaviour::after_deadline) end = request.deadline + 20s;

  const bool charges = behaviour != Behaviour::fails && behaviour != Behaviour::silent;
  const bool approved = charges && book(request).approved;
  if (end > now) co_await events::sleep_until(*request.timers, end);
  if (behaviour == Behaviour::fails) throw billing::GatewayError("the bank has failed");
  if (behaviour == Behaviour::silent || behaviour == Behaviour::silent_after_charge)
    throw billing::GatewayError("the bank did not answer in time");
  if (!approved) co_return billing::Declined{"card_declined"};
  co_return billing::Approved{"bank-" + request.idempotency_key};
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
