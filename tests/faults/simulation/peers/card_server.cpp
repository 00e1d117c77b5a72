#include "faults/simulation/peers/card_server.hpp"

#include "faults/simulation/peers/card_documents.hpp"
#include "faults/simulation/peers/in_flight.hpp"
#include "outbound/transfer.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace orderflow::simulation {
namespace {

using namespace std::chrono_literals;
using outbound::HttpAnswer;
using outbound::HttpRequest;
using outbound::TransferError;

constexpr core::Duration key_age_max = 24h;
constexpr std::string_view base = "https://gateway.example";

int digit_of(char c) {
  return c <= '9' ? c - '0' : c - 'A' + 10;
}

std::string decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      plain += static_cast<char>(digit_of(text[i + 1]) * 16 + digit_of(text[i + 2]));
      i += 2;
    } else {
      plain += text[i] == '+' ? ' ' : text[i];
    }
  }
  return plain;
}

Form form_of(std::string_view text) {
  Form form;
  while (!text.empty()) {
    const auto end = text.find('&');
    const std::string_view pair = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    const auto equals = pair.find('=');
    form.emplace(decoded(pair.substr(0, equals)), decoded(pair.substr(equals + 1)));
  }
  return form;
}

std::string header_of(const HttpRequest& request, std::string_view name) {
  const auto found =
      std::ranges::find(request.headers, name, [](const auto& header) { return header.first; });
  return found == request.headers.end() ? std::string{} : found->second;
}

}  // namespace

CardServer::Trouble CardServer::choose() {
  if (true_clock_.now() < gone_until_) return Trouble::unreachable;
  if (random_.below(100) >= trouble_percent_) return Trouble::none;
  const auto trouble = static_cast<Trouble>(1 + random_.below(troubles));
  // An outage is many troubles.
  if (trouble != Trouble::gone_for_a_while || random_.below(4) > 0) return trouble;
  gone_until_ = true_clock_.now() + core::Duration(random_.below(600'000'000));
  return Trouble::unreachable;
}

CardServer::Trouble CardServer::trouble_with(const HttpRequest& request) {
  const Trouble trouble = choose();
  if (trouble == Trouble::none) return trouble;
  ++counts_.troubles;
  if (trace_ != nullptr) {
    trace_->add("gateway trouble", std::to_string(static_cast<int>(trouble)) + " with " +
                                       request.url.substr(base.size()));
  }
  return trouble;
}

boost::asio::awaitable<HttpAnswer> CardServer::send(const HttpRequest& request) {
  const InFlight in_flight(in_flight_);
  ++counts_.requests;
  work();
  const Trouble trouble = trouble_with(request);
  const core::Timestamp given_up_at = clock_.now() + request.timeout;
  if (trouble == Trouble::unreachable) throw TransferError("nobody is there", false);
  const Course course = meet(trouble, request);
  const core::Timestamp end = std::min(clock_.now() + course.takes, given_up_at);
  if (end > clock_.now()) co_await events::sleep_until(*timers_, end);
  if (course.is_lost) throw TransferError("no answer in time", true);
  co_return course.reply;
}

CardServer::Course CardServer::meet(Trouble trouble, const HttpRequest& request) {
  Course course{.reply = error(500, "api_error")};
  switch (trouble) {
    case Trouble::unreachable:
    case Trouble::gone_for_a_while:
    case Trouble::fails:
      break;
    case Trouble::lost:
    case Trouble::late:
      course = {.takes = request.timeout, .is_lost = true};
      if (trouble == Trouble::late) delay(request);
      break;
    case Trouble::unanswered:
      course.is_lost = true;
      // At once, where the connection was cut.
      if (random_.below(2) == 0) course.takes = request.timeout;
      take(request);
      break;
    case Trouble::slow:
      course.takes = core::Duration(random_.below(20'000'000));
      course.reply = take(request);
      break;
    case Trouble::fails_after:
      take(request);
      break;
    case Trouble::fails_for_ever:
      take(request);
      fail_again(request, course.reply);
      break;
    case Trouble::mistakes_key:
      course.reply = header_of(request, "Idempotency-Key").empty()
                         ? take(request)
                         : error(400, "idempotency_error");
      break;
    case Trouble::garbled:
      take(request);
      course.reply = {.status = 200, .headers = {}, .body = "{\"id\": \"pi_"};
      break;
    case Trouble::busy:
    case Trouble::busy_until:
    case Trouble::locked:
      course.reply = busy_reply(trouble);
      break;
    case Trouble::none:
      course.reply = take(request);
      break;
  }
  return course;
}

void CardServer::delay(const HttpRequest& request) {
  const core::Duration delay = request.timeout + core::Duration(random_.below(30'000'000));
  on_their_way_.push_back({true_clock_.now() + delay, request});
}

void CardServer::fail_again(const HttpRequest& request, const HttpAnswer& failure) {
  const auto kept = kept_.find(header_of(request, "Idempotency-Key"));
  if (kept != kept_.end()) kept->second.failure = failure;
}

HttpAnswer CardServer::busy_reply(Trouble trouble) {
  if (trouble == Trouble::locked) {
    return error(429, "invalid_request_error", {{"code", "lock_timeout"}});
  }
  HttpAnswer reply = error(429, "rate_limit_error");
  if (trouble == Trouble::busy_until) {
    reply.headers.emplace("retry-after", std::to_string(1 + random_.below(60)));
  }
  return reply;
}

std::optional<core::Timestamp> CardServer::next_arrival() const {
  const auto first = std::ranges::min_element(on_their_way_, {}, &OnItsWay::due);
  return first == on_their_way_.end() ? std::nullopt : std::optional(first->due);
}

void CardServer::work() {
  const core::Timestamp now = true_clock_.now();
  for (std::size_t i = 0; i < on_their_way_.size();) {
    if (on_their_way_[i].due > now) {
      ++i;
      continue;
    }
    const OnItsWay late = std::move(on_their_way_[i]);
    on_their_way_.erase(on_their_way_.begin() + static_cast<std::ptrdiff_t>(i));
    ++counts_.late_arrivals;
    take(late.request);
  }
}

void CardServer::heal() {
  trouble_percent_ = 0;
  gone_until_ = {};
  for (auto& [key, kept] : kept_)
    kept.failure.reset();
}

HttpAnswer CardServer::take(const HttpRequest& request) {
  HttpAnswer reply = answer_to(request);
  if (trace_ != nullptr) {
    trace_->add("gateway is asked",
                request.method + " " + request.url.substr(base.size()) + " " + request.body);
    trace_->add("gateway answers", std::to_string(reply.status) + " " + reply.body);
  }
  return reply;
}

HttpAnswer CardServer::answer_to(const HttpRequest& request) {
  const std::string_view target = std::string_view(request.url).substr(base.size());
  if (request.method == "GET") return look_up(target);
  const std::string key = header_of(request, "Idempotency-Key");
  return key.empty() ? move_money(request) : take_once(key, request);
}

HttpAnswer CardServer::take_once(const std::string& key, const HttpRequest& request) {
  const core::Timestamp now = true_clock_.now();
  if (const auto kept = kept_.find(key); kept != kept_.end()) {
    if (now - kept->second.at <= key_age_max) {
      if (kept->second.body == request.body) {
        return kept->second.failure.value_or(kept->second.answer);
      }
      contradictions_.push_back(key);
      return error(400, "idempotency_error");
    }
    ++counts_.forgotten_keys;
    kept_.erase(kept);
  }
  HttpAnswer reply = move_money(request);
  // Nothing is kept of what was not valid.
  const bool is_kept = reply.status < 400 || reply.status == 402;
  if (is_kept) kept_.emplace(key, Kept{.body = request.body, .answer = reply, .at = now});
  return reply;
}

HttpAnswer CardServer::move_money(const HttpRequest& request) {
  std::string_view path = std::string_view(request.url).substr(base.size());
  if (path == "/v1/payment_intents") return books_.charge(form_of(request.body));
  if (path == "/v1/refunds") return books_.refund(form_of(request.body));
  constexpr std::string_view charges = "/v1/payment_intents/";
  constexpr std::string_view cancel = "/cancel";
  if (path.starts_with(charges) && path.ends_with(cancel)) {
    path.remove_prefix(charges.size());
    path.remove_suffix(cancel.size());
    return books_.cancel(std::string(path));
  }
  return error(404, "invalid_request_error");
}

HttpAnswer CardServer::look_up(std::string_view target) {
  constexpr std::string_view charges = "/v1/payment_intents/";
  constexpr std::string_view refunds = "/v1/refunds";
  const auto mark = target.find('?');
  const std::string_view path = target.substr(0, mark);
  const Form query =
      form_of(mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1));
  if (path == "/v1/payment_intents/search") return books_.search(query);
  if (path.starts_with(charges))
    return books_.show_charge(std::string(path.substr(charges.size())));
  if (path == refunds) return books_.list_refunds(query);
  if (path.starts_with(refunds)) {
    return books_.show_refund(std::string(path.substr(refunds.size() + 1)));
  }
  return error(404, "invalid_request_error");
}

}  // namespace orderflow::simulation
