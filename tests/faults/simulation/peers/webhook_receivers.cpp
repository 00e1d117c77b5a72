#include "faults/simulation/peers/webhook_receivers.hpp"

#include "faults/simulation/peers/in_flight.hpp"
#include "outbound/transfer.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace orderflow::simulation {
namespace {

using outbound::HttpAnswer;
using outbound::TransferError;

HttpAnswer answer_with(unsigned status) {
  return {.status = status, .headers = {}, .body = {}};
}

}  // namespace

WebhookReceivers::Trouble WebhookReceivers::choose(Receiver& receiver) {
  if (core::Timestamp{clock_.steady()} < receiver.away_until) return Trouble::unreachable;
  if (random_.below(100) >= trouble_percent_) return Trouble::none;
  const auto trouble = static_cast<Trouble>(1 + random_.below(troubles));
  // It is rare that one wants no more; an outage is many troubles.
  if (trouble == Trouble::gone && random_.below(4) > 0) return Trouble::fails;
  if (trouble != Trouble::away_for_a_while) return trouble;
  ++counts_.outages;
  receiver.away_until =
      core::Timestamp{clock_.steady() + core::Duration(random_.below(1'200'000'000))};
  return Trouble::unreachable;
}

boost::asio::awaitable<HttpAnswer> WebhookReceivers::send(const outbound::HttpRequest& request) {
  const InFlight in_flight(in_flight_);
  ++counts_.requests;
  Receiver& receiver = receivers_[request.url];
  if (receiver.is_shut) intrusions_.push_back(request.url + " " + request.body);
  const Trouble trouble = choose(receiver);
  if (trouble != Trouble::none) ++counts_.troubles;
  if (trace_ != nullptr) {
    trace_->add("webhook", request.url + " " + std::to_string(static_cast<int>(trouble)));
  }
  if (trouble == Trouble::unreachable || trouble == Trouble::away_for_a_while) {
    throw TransferError("nobody is there", false);
  }
  const Course course = meet(trouble, receiver, request);
  if (course.takes > core::Duration{0}) {
    co_await events::sleep_until(*timers_, clock_.now() + course.takes);
  }
  if (course.is_lost) throw TransferError("no answer in time", true);
  co_return course.answer;
}

WebhookReceivers::Course WebhookReceivers::meet(Trouble trouble, Receiver& receiver,
                                                const outbound::HttpRequest& request) {
  switch (trouble) {
    case Trouble::lost:
      return {.takes = request.timeout, .is_lost = true};
    case Trouble::unanswered:
      take(receiver, request);
      return {.takes = request.timeout, .is_lost = true};
    case Trouble::slow: {
      const auto timeout = static_cast<std::uint64_t>(request.timeout.count());
      const core::Duration takes(random_.below(timeout));
      take(receiver, request);
      return {.answer = answer_with(204), .takes = takes};
    }
    case Trouble::fails_after:
      take(receiver, request);
      return {.answer = answer_with(500)};
    case Trouble::fails:
      return {.answer = answer_with(500)};
    case Trouble::redirects:
      return {.answer = answer_with(302)};
    case Trouble::busy:
      return {.answer = answer_with(429)};
    case Trouble::busy_until: {
      HttpAnswer answer = answer_with(503);
      answer.headers.emplace("retry-after", std::to_string(1 + random_.below(600)));
      return {.answer = std::move(answer)};
    }
    case Trouble::gone:
      ++counts_.gone;
      return {.answer = answer_with(410)};
    case Trouble::none:
    case Trouble::unreachable:
    case Trouble::away_for_a_while:
      break;
  }
  take(receiver, request);
  return {.answer = answer_with(204)};
}

void WebhookReceivers::take(Receiver& receiver, const outbound::HttpRequest& request) {
  const auto event = nlohmann::json::parse(request.body);
  const std::int64_t seq = std::stoll(event.at("sequence").get<std::string>());
  Taken& taken = receiver.taken[seq];
  if (taken.copies++ == 0) {
    receiver.order.push_back(seq);
    taken.id = event.at("id");
    taken.kind = event.at("type");
    taken.key = event.at("subject");
    taken.body = request.body;
  }
  for (const auto& [name, value] : request.headers) {
    if (name == "webhook-id" && value != taken.id) contradictions_.push_back(value);
  }
  if (taken.body != request.body) contradictions_.push_back(taken.id);
}

void WebhookReceivers::heal() {
  trouble_percent_ = 0;
  for (auto& [url, receiver] : receivers_)
    receiver.away_until = {};
}

}  // namespace orderflow::simulation
