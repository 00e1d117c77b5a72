#include "faults/simulation/clients.hpp"

#include "http/router.hpp"
#include "http/target.hpp"

#include <boost/asio/co_spawn.hpp>
#include <nlohmann/json.hpp>

#include <stdexcept>
#include <utility>

namespace orderflow::simulation {
namespace {

using nlohmann::json;

constexpr std::uint64_t users = 4;
constexpr int fraudulent_quantity = 2'000;

std::string text_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    return e.what();
  }
}

bool leaves_it_open(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const http::Unavailable&) {
    return true;
  } catch (...) {
    return false;
  }
}

}  // namespace

void Clients::send(SimulatedNode& node, http::Method method, std::string target, std::string body,
                   Answered answered) {
  auto& request = requests_.emplace_back(std::make_unique<http::Request>());
  request->method = method;
  request->target = std::move(target);
  request->trace.correlation_id = "request-" + std::to_string(++sent_);
  request->body = std::move(body);
  if (!http::parse_target(*request)) throw std::logic_error("bad target " + request->target);
  const auto match = node.node().router().find(*request);
  if (match.handler == nullptr) throw std::logic_error("no route for " + request->target);
  boost::asio::co_spawn(node.context(), (*match.handler)(*request),
                        [this, answered = std::move(answered)](std::exception_ptr error,
                                                               const http::Response& response) {
                          // What is said after the cut, nobody hears.
                          if (machine_.alive) answered(std::move(error), response);
                        });
}

std::string Clients::body_for(OrderAttempt& attempt) {
  const auto quantity =
      attempt.is_fraud ? fraudulent_quantity : 1 + static_cast<int>(random_.below(3));
  const auto price = random_.below(8) == 0 ? 0 : static_cast<int>(1 + random_.below(5'000));
  attempt.amount = std::int64_t{quantity} * price;
  json body = {
      {"userId", attempt.user_id},
      {"currency", attempt.currency},
      {"items", {{{"productId", attempt.marker}, {"quantity", quantity}, {"price", price}}}}};
  if (random_.below(3) > 0) body["email"] = attempt.user_id + "@example.com";
  if (attempt.is_declined) body["paymentMethod"] = SimulatedBank::declined_method;
  return body.dump();
}

void Clients::place_order(SimulatedNode& node) {
  OrderAttempt& attempt =
      attempts_.emplace_back(OrderAttempt{.marker = "item-" + std::to_string(attempts_.size() + 1),
                                          .user_id = "user-" + std::to_string(random_.below(users)),
                                          .currency = random_.below(4) == 0 ? "USD" : "EUR",
                                          .is_fraud = random_.below(12) == 0,
                                          .is_declined = random_.below(8) == 0});
  std::string body = body_for(attempt);
  trace_.add("place", attempt.marker);
  const bool refused_for_sure = node.node().writer().failed();
  send(
      node, http::Method::post, "/v1/orders", std::move(body),
      [this, &attempt, refused_for_sure](std::exception_ptr error, const http::Response& response) {
        answer_order(attempt, refused_for_sure, std::move(error), response);
      });
}

void Clients::answer_order(OrderAttempt& attempt, bool refused_for_sure, std::exception_ptr error,
                           const http::Response& response) {
  if (error) {
    const bool open = leaves_it_open(error) && !refused_for_sure;
    attempt.answer = open ? OrderAttempt::Answer::unknown : OrderAttempt::Answer::refused;
    trace_.add("not placed", attempt.marker + ": " + text_of(error));
    return;
  }
  if (response.status != 201) {
    findings_.add("wrong answer", "order answered " + std::to_string(response.status));
    attempt.answer = OrderAttempt::Answer::refused;
    return;
  }
  if (refused_for_sure) findings_.add("wrong answer", "order taken by a node that has failed");
  attempt.answer = OrderAttempt::Answer::acknowledged;
  attempt.order_id = json::parse(response.body).at("id").get<std::string>();
  acknowledged_.push_back(attempt.order_id);
  trace_.add("placed", attempt.marker + " as " + attempt.order_id);
}

void Clients::place_nonsense(SimulatedNode& node) {
  trace_.add("place nonsense");
  send(node, http::Method::post, "/v1/orders", R"({"userId": "user-0", "items": []})",
       [this](std::exception_ptr error, const http::Response& response) {
         if (error || response.status != 422) {
           findings_.add("wrong answer", "nonsense was not answered with 422");
         }
       });
}

void Clients::read(SimulatedNode& node) {
  std::string order_id;
  if (!acknowledged_.empty()) order_id = acknowledged_[random_.below(acknowledged_.size())];
  std::string target = "/v1/orders?limit=5";
  switch (random_.below(order_id.empty() ? 1 : 6)) {
    case 1:
      target = "/v1/orders/" + order_id;
      break;
    case 2:
      target = "/v1/orders/" + order_id + "/timeline";
      break;
    case 3:
      target = "/v1/payments?orderId=" + order_id;
      break;
    case 4:
      target = "/v1/notifications?orderId=" + order_id;
      break;
    case 5:
      target = "/v1/users/user-" + std::to_string(random_.below(users)) + "/statistics";
      break;
    default:
      break;
  }
  trace_.add("read", target);
  const std::uint64_t hits = machine_.faults.all_hits();
  send(node, http::Method::get, target, {},
       [this, target, order_id, hits](std::exception_ptr error, const http::Response& response) {
         answer_read(target, order_id, hits, std::move(error), response);
       });
}

void Clients::answer_read(const std::string& target, const std::string& order_id,
                          std::uint64_t hits, std::exception_ptr error,
                          const http::Response& response) {
  if (error) {
    trace_.add("not read", target + ": " + text_of(error));
    if (machine_.faults.all_hits() == hits) {
      findings_.add("failed read", target + " without a fault: " + text_of(error));
    }
    return;
  }
  trace_.add("was read", target + " " + std::to_string(response.status));
  if (response.status == 404 && target.starts_with("/v1/orders/")) {
    findings_.add("lost", order_id + " was acknowledged and is not found");
  }
  if (response.status != 200 || target != "/v1/orders/" + order_id) return;
  const std::string status = json::parse(response.body).at("status");
  if (status != "PENDING") final_statuses_.try_emplace(order_id, status);
}

void Clients::node_has_ended() {
  for (OrderAttempt& attempt : attempts_) {
    if (attempt.answer == OrderAttempt::Answer::waiting) {
      attempt.answer = OrderAttempt::Answer::unknown;
    }
  }
  requests_.clear();
}

}  // namespace orderflow::simulation
