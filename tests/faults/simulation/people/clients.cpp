#include "faults/simulation/people/clients.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <utility>

namespace orderflow::simulation {
namespace {

using nlohmann::json;

constexpr int fraudulent_quantity = 2'000;

/// What buyers pay with. Most have a card that works.
constexpr std::array<const char*, 24> payment_methods{"",
                                                      "",
                                                      "",
                                                      "",
                                                      "",
                                                      pay::with_success,
                                                      pay::with_success,
                                                      pay::with_success,
                                                      pay::with_success,
                                                      pay::with_success,
                                                      pay::with_success,
                                                      pay::with_success,
                                                      pay::declined,
                                                      pay::declined,
                                                      pay::unknown,
                                                      pay::wants_action,
                                                      pay::slowly,
                                                      pay::slowly,
                                                      pay::slowly_in_vain,
                                                      pay::refunded_slowly,
                                                      pay::refunded_slowly,
                                                      pay::refunded_in_vain,
                                                      pay::never_refunded,
                                                      pay::with_success};

bool is_refused(std::string_view method) {
  constexpr std::array<std::string_view, 4> refused{pay::declined, pay::unknown, pay::wants_action,
                                                    pay::slowly_in_vain};
  return std::ranges::find(refused, method) != refused.end();
}

/// Of three decimals the gateway holds two.
bool can_be_held(std::int64_t amount, std::string_view currency) {
  return currency != "KWD" || amount % 10 == 0;
}

constexpr std::chrono::seconds longest_wait{60};

}  // namespace

std::string Clients::body_for(OrderAttempt& attempt) {
  const auto quantity =
      attempt.is_fraud ? fraudulent_quantity : 1 + static_cast<int>(random_.below(3));
  const std::int64_t price = price_in(attempt.currency);
  attempt.amount = quantity * price;
  attempt.method = payment_methods[random_.below(payment_methods.size())];
  attempt.is_declined =
      is_refused(attempt.method) || !can_be_held(attempt.amount, attempt.currency);
  json body = {
      {"userId", attempt.user_id},
      {"currency", attempt.currency},
      {"items", {{{"productId", attempt.marker}, {"quantity", quantity}, {"price", price}}}}};
  if (random_.below(3) > 0) body["email"] = attempt.user_id + "@example.com";
  if (!attempt.method.empty()) body["paymentMethod"] = attempt.method;
  return body.dump();
}

std::int64_t Clients::price_in(const std::string& currency) {
  if (random_.below(8) == 0) return 0;
  const auto price = static_cast<std::int64_t>(1 + random_.below(5'000));
  return currency == "KWD" && random_.below(4) > 0 ? price * 10 : price;
}

OrderAttempt& Clients::new_attempt() {
  constexpr std::array<const char*, 8> currencies{"EUR", "EUR", "EUR", "EUR",
                                                  "EUR", "USD", "USD", "KWD"};
  OrderAttempt& attempt =
      attempts_.emplace_back(OrderAttempt{.marker = "item-" + std::to_string(attempts_.size() + 1),
                                          .user_id = "user-" + std::to_string(random_.below(users)),
                                          .currency = currencies[random_.below(8)],
                                          .is_fraud = random_.below(12) == 0,
                                          .lowest = machine_.clock.now(),
                                          .highest = machine_.clock.now()});
  if (random_.below(3) == 0) attempt.key = "key-" + attempt.marker;
  attempt.body = body_for(attempt);
  return attempt;
}

void Clients::place_order(SimulatedNode& node) {
  ask_for(node, new_attempt());
}

void Clients::place_and_wait(SimulatedNode& node) {
  ask_for(node, new_attempt(), longest_wait, random_.below(8) > 0);
}

void Clients::let_one_leave(SimulatedNode& node) {
  using State = ClientLine::State;
  const auto lines = requests_.lines();
  if (lines.empty()) return;
  ClientLine& line = *lines[random_.below(lines.size())];
  trace_.add("leave", std::to_string(static_cast<int>(line.state())));
  ++(line.state() == State::held       ? counts_.left_waiting
     : line.state() == State::answered ? counts_.left_late
                                       : counts_.left_early);
  line.leave();
  node.poll();
  requests_.node_has_polled();
}

void Clients::fill_the_places(SimulatedNode& node) {
  trace_.add("fill the slots");
  for (std::ptrdiff_t i = 0; i < NodeSetup::waiters_max; ++i)
    ask_for(node, new_attempt(), longest_wait, true);
  node.poll();
  node.step_writer();
  node.poll();
  auto lines = requests_.lines();
  lines.erase(lines.begin(), lines.end() - NodeSetup::waiters_max);
  const auto held = std::ranges::count_if(lines, &ClientLine::was_held);
  if (held < NodeSetup::waiters_max) {
    findings_.add("held answer", "there were slots for " + std::to_string(held) + " alone");
  }
  for (ClientLine* line : lines)
    line->leave();
  node.poll();
  requests_.node_has_polled();
}

void Clients::ask_for(SimulatedNode& node, OrderAttempt& attempt) {
  const std::chrono::seconds wait{random_.below(8) == 0 ? 1 + random_.below(20) : 0};
  ask_for(node, attempt, wait, random_.below(8) > 0);
}

std::unique_ptr<ClientLine> Clients::line_for(std::chrono::seconds wait, bool has_room) const {
  if (wait == std::chrono::seconds{0}) return nullptr;
  return std::make_unique<ClientLine>(machine_.clock, wait, has_room);
}

void Clients::ask_for(SimulatedNode& node, OrderAttempt& attempt, std::chrono::seconds wait,
                      bool has_room) {
  const bool waits = wait > std::chrono::seconds{0};
  http::Fields headers;
  if (!attempt.key.empty()) headers.emplace_back("idempotency-key", attempt.key);
  if (waits) headers.emplace_back("prefer", "wait=" + std::to_string(wait.count()));
  trace_.add("place", attempt.marker);
  ++attempt.in_flight;
  const bool refused_for_sure = node.node().writer().failed();
  requests_.send(node,
                 {http::Method::post, "/v1/orders", attempt.body, std::move(headers),
                  line_for(wait, has_room)},
                 [this, &attempt, refused_for_sure, waits](std::exception_ptr error,
                                                           const http::Response& response) {
                   answer_order(attempt, refused_for_sure, waits, std::move(error), response);
                 });
}

void Clients::answer_order(OrderAttempt& attempt, bool refused_for_sure, bool waits,
                           std::exception_ptr error, const http::Response& response) {
  using Answer = OrderAttempt::Answer;
  --attempt.in_flight;
  if (error) {
    // Who waits for the outcome may fail after the order is placed.
    if (waits || (leaves_it_open(error) && !refused_for_sure)) attempt.is_open = true;
    trace_.add("not placed", attempt.marker + ": " + text_of(error));
  } else if (response.status != 201) {
    findings_.add("wrong answer", "order answered " + std::to_string(response.status));
  } else {
    if (refused_for_sure) findings_.add("wrong answer", "order taken by a node that has failed");
    take_order(attempt, waits, response);
  }
  if (attempt.answer == Answer::acknowledged) return;
  attempt.answer = attempt.is_open         ? Answer::unknown
                   : attempt.in_flight > 0 ? Answer::waiting
                                           : Answer::refused;
}

void Clients::take_order(OrderAttempt& attempt, bool waits, const http::Response& response) {
  const std::string id = json::parse(response.body).at("id").get<std::string>();
  trace_.add("placed", attempt.marker + " as " + id);
  if (has_header(response, "Idempotent-Replayed")) ++counts_.replayed;
  if (attempt.answer == OrderAttempt::Answer::acknowledged) {
    if (id != attempt.order_id) {
      findings_.add("key forgotten", attempt.marker + " is " + attempt.order_id + " and " + id);
    }
  } else {
    attempt.answer = OrderAttempt::Answer::acknowledged;
    attempt.order_id = id;
    acknowledged_.push_back(id);
  }
  if (waits) return;
  if (attempt.answered.empty()) attempt.answered = response.body;
  if (attempt.answered != response.body) {
    findings_.add("key forgotten", attempt.answered + " was answered, and then " + response.body);
  }
}

OrderAttempt* Clients::some_keyed_order(bool acknowledged) {
  std::vector<OrderAttempt*> found;
  for (OrderAttempt& attempt : attempts_) {
    const bool fits = !acknowledged || attempt.answer == OrderAttempt::Answer::acknowledged;
    if (fits && !attempt.key.empty() && attempt.highest - attempt.lowest < keys_kept_for) {
      found.push_back(&attempt);
    }
  }
  return found.empty() ? nullptr : found[random_.below(found.size())];
}

void Clients::repeat_order(SimulatedNode& node) {
  OrderAttempt* attempt = some_keyed_order(false);
  if (attempt == nullptr) return;
  ++counts_.repeats;
  ask_for(node, *attempt);
}

void Clients::misuse_key(SimulatedNode& node) {
  const OrderAttempt* attempt = some_keyed_order(true);
  if (attempt == nullptr) return;
  ++counts_.misused_keys;
  json body = json::parse(attempt->body);
  body["items"][0]["productId"] = "another-item";
  trace_.add("misuse", attempt->key);
  requests_.send(
      node, {http::Method::post, "/v1/orders", body.dump(), {{"idempotency-key", attempt->key}}},
      [this](std::exception_ptr error, const http::Response& response) {
        if (!error && response.status != 422) {
          findings_.add("key forgotten",
                        "another body was answered with " + std::to_string(response.status));
        }
      });
}

std::string Clients::some_order() {
  if (acknowledged_.empty()) return {};
  if (random_.below(2) == 0) return acknowledged_.back();
  return acknowledged_[random_.below(acknowledged_.size())];
}

void Clients::cancel_order(SimulatedNode& node) {
  const std::string order_id = some_order();
  if (order_id.empty()) return;
  ++counts_.cancellations;
  trace_.add("cancel", order_id);
  http::Fields headers;
  const std::chrono::seconds wait{random_.below(8) == 0 ? 5 : 0};
  if (wait.count() > 0) headers.emplace_back("prefer", "wait=5");
  requests_.send(node,
                 {http::Method::post,
                  "/v1/orders/" + order_id + "/cancel",
                  {},
                  std::move(headers),
                  line_for(wait, true)},
                 [this, order_id](std::exception_ptr error, const http::Response& response) {
                   answer_cancel(order_id, std::move(error), response);
                 });
}

void Clients::answer_cancel(const std::string& order_id, std::exception_ptr error,
                            const http::Response& response) {
  if (error) {
    trace_.add("not canceled", order_id + ": " + text_of(error));
    return;
  }
  trace_.add("cancel answered", order_id + " " + std::to_string(response.status));
  if (response.status == 202) {
    canceled_.insert(order_id);
  } else if (response.status == 404) {
    findings_.add("lost", order_id + " was acknowledged and cannot be canceled");
  } else if (response.status != 409) {
    findings_.add("wrong answer", "cancellation answered " + std::to_string(response.status));
  }
}

void Clients::place_nonsense(SimulatedNode& node) {
  trace_.add("place nonsense");
  requests_.send(node, {http::Method::post, "/v1/orders", R"({"userId": "user-0", "items": []})"},
                 [this](std::exception_ptr error, const http::Response& response) {
                   if (error || response.status != 422) {
                     findings_.add("wrong answer", "nonsense was not answered with 422");
                   }
                 });
}

void Clients::look_at_clock() {
  const core::Timestamp now = machine_.clock.now();
  for (OrderAttempt& attempt : attempts_) {
    attempt.lowest = std::min(attempt.lowest, now);
    attempt.highest = std::max(attempt.highest, now);
  }
  for (RefundAttempt& attempt : refunds_) {
    attempt.lowest = std::min(attempt.lowest, now);
    attempt.highest = std::max(attempt.highest, now);
  }
}

void Clients::node_has_ended() {
  for (OrderAttempt& attempt : attempts_) {
    if (std::exchange(attempt.in_flight, 0) == 0) continue;
    attempt.is_open = true;
    if (attempt.answer != OrderAttempt::Answer::acknowledged) {
      attempt.answer = OrderAttempt::Answer::unknown;
    }
  }
  requests_.node_has_ended();
}

}  // namespace orderflow::simulation
