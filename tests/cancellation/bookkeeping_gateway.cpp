#include "bookkeeping_gateway.hpp"

#include <algorithm>
#include <chrono>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;

Answer answer_at(const Answers& answers, std::size_t request) {
  return answers[std::min(request, answers.size() - 1)];
}

}  // namespace

const BookkeepingGateway::Script& BookkeepingGateway::script_of(const std::string& order_id) {
  return scripts_.try_emplace(order_id, script_).first->second;
}

boost::asio::awaitable<bool> BookkeepingGateway::ask(Entry& entry, Answer answer,
                                                     core::Duration deadline,
                                                     events::Timers& timers) {
  using State = Entry::State;
  const auto book = [&entry] {
    if (entry.state == State::open) entry.state = State::booked;
  };
  if (answer == Answer::lost_before) throw billing::GatewayError("no connection");
  if (answer == Answer::slow_then_books) co_await events::sleep_until(timers, clock_->now() + 1s);
  if (answer == Answer::no && entry.state == State::open) entry.state = State::refused;
  book();
  if (answer == Answer::lost_after) throw billing::GatewayError("the connection was cut");
  if (answer == Answer::books_then_slow) co_await events::sleep_until(timers, clock_->now() + 1s);
  if (answer == Answer::silent) {
    co_await events::sleep_until(timers, clock_->now() + (deadline - clock_->steady()));
    throw billing::GatewayError("no answer");
  }
  co_return entry.state == State::booked;
}

boost::asio::awaitable<billing::ChargeResult> BookkeepingGateway::charge(
    const billing::ChargeRequest& request) {
  Entry& entry = charges_[request.idempotency_key];
  entry.order_id = request.order_id;
  entry.amount = request.amount.amount;
  const Answer answer = answer_at(script_of(request.order_id).charges, entry.requests++);
  const std::string key = request.idempotency_key;
  const bool booked = co_await ask(entry, answer, request.deadline, *request.timers);
  if (booked) co_return billing::Approved{"charge-" + key};
  co_return billing::Declined{"card_declined"};
}

boost::asio::awaitable<billing::RefundResult> BookkeepingGateway::refund(
    const billing::RefundRequest& request) {
  Entry& entry = refunds_[request.idempotency_key];
  entry.order_id = request.order_id;
  entry.amount = request.amount.amount;
  const Answer answer = answer_at(script_of(request.order_id).refunds, entry.requests++);
  const std::string key = request.idempotency_key;
  const bool booked = co_await ask(entry, answer, request.deadline, *request.timers);
  if (booked) co_return billing::RefundMade{"refund-" + key};
  co_return billing::RefundRefused{"too_late"};
}

namespace {

template <class Book>
std::vector<std::int64_t> amounts_in(const Book& book, const std::string& order_id) {
  std::vector<std::int64_t> amounts;
  for (const auto& [key, entry] : book) {
    if (entry.order_id == order_id && entry.state == decltype(entry.state)::booked) {
      amounts.push_back(entry.amount);
    }
  }
  return amounts;
}

}  // namespace

std::vector<std::int64_t> BookkeepingGateway::charges(const std::string& order_id) const {
  return amounts_in(charges_, order_id);
}

std::vector<std::int64_t> BookkeepingGateway::refunds(const std::string& order_id) const {
  return amounts_in(refunds_, order_id);
}

}  // namespace orderflow::test
