// The refunds that clients ask for.
#include "faults/simulation/people/clients.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <utility>
#include <vector>

namespace orderflow::simulation {

using nlohmann::json;

void Clients::refund_order(SimulatedNode& node) {
  const std::string order_id = some_order();
  if (order_id.empty()) return;
  RefundAttempt& attempt = refunds_.emplace_back(RefundAttempt{
      .order_id = order_id, .lowest = machine_.clock.now(), .highest = machine_.clock.now()});
  if (random_.below(3) == 0) attempt.key = "refund-" + std::to_string(refunds_.size());
  json body = json::object();
  if (random_.below(4) > 0) body["amount"] = 1 + random_.below(4'000);
  if (random_.below(2) == 0) body["reason"] = "broken";
  attempt.body = body.dump();
  trace_.add("look for payment", order_id);
  requests_.send(node, {http::Method::get, "/v1/payments?orderId=" + order_id},
                 [this, &node, &attempt](std::exception_ptr error, const http::Response& response) {
                   if (error || response.status != 200) return;
                   const json document = json::parse(response.body);
                   const json& payments = document.at("payments");
                   if (payments.empty()) return;
                   attempt.target =
                       "/v1/payments/" + payments[0].at("id").get<std::string>() + "/refunds";
                   ask_for(node, attempt);
                 });
}

void Clients::ask_for(SimulatedNode& node, RefundAttempt& attempt) {
  ++counts_.partial_refunds;
  trace_.add("refund", attempt.order_id + " " + attempt.body);
  http::Fields headers;
  if (!attempt.key.empty()) headers.emplace_back("idempotency-key", attempt.key);
  requests_.send(node, {http::Method::post, attempt.target, attempt.body, std::move(headers)},
                 [this, &attempt](std::exception_ptr error, const http::Response& response) {
                   answer_refund(attempt, std::move(error), response);
                 });
}

void Clients::answer_refund(RefundAttempt& attempt, std::exception_ptr error,
                            const http::Response& response) {
  if (error) return trace_.add("not refunded", attempt.order_id + ": " + text_of(error));
  trace_.add("refund answered", attempt.order_id + " " + std::to_string(response.status));
  const json document = json::parse(response.body);
  if (response.status == 201) {
    ++counts_.promised_refunds;
    if (attempt.answered.empty()) {
      attempt.answered = response.body;
      attempt.refund_id = document.at("id");
      attempt.amount = document.at("amount");
    } else if (attempt.answered != response.body) {
      findings_.add("key forgotten", attempt.answered + " was answered, and then " + response.body);
    }
  } else if (response.status != 409 && response.status != 422) {
    findings_.add("wrong answer", "refund answered " + std::to_string(response.status));
  } else if (!attempt.answered.empty()) {
    findings_.add("key forgotten", attempt.answered + " was answered, and then " + response.body);
  }
}

void Clients::repeat_refund(SimulatedNode& node) {
  std::vector<RefundAttempt*> found;
  for (RefundAttempt& attempt : refunds_) {
    if (!attempt.key.empty() && !attempt.target.empty() &&
        attempt.highest - attempt.lowest < keys_kept_for) {
      found.push_back(&attempt);
    }
  }
  if (!found.empty()) ask_for(node, *found[random_.below(found.size())]);
}

void Clients::refund_again(SimulatedNode& node) {
  std::vector<const RefundAttempt*> found;
  for (const RefundAttempt& attempt : refunds_) {
    if (!attempt.refund_id.empty()) found.push_back(&attempt);
  }
  if (found.empty()) return;
  const RefundAttempt& before = *found[random_.below(found.size())];
  const json body = {{"amount", before.amount}};
  RefundAttempt& attempt = refunds_.emplace_back(RefundAttempt{.order_id = before.order_id,
                                                               .target = before.target,
                                                               .body = body.dump(),
                                                               .lowest = machine_.clock.now(),
                                                               .highest = machine_.clock.now()});
  ask_for(node, attempt);
}

}  // namespace orderflow::simulation
