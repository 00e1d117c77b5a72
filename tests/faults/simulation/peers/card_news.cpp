#include "faults/simulation/peers/card_news.hpp"

#include "core/digest.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace orderflow::simulation {
namespace {

std::string hexadecimal(const core::Sha256& bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 0x0f];
  }
  return text;
}

std::int64_t seconds_of(core::Timestamp time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

std::string signature_of(std::string_view body, core::Timestamp now) {
  const std::string moment = std::to_string(seconds_of(now));
  const std::string text = moment + "." + std::string(body);
  return "t=" + moment + ",v1=" + hexadecimal(core::hmac_sha256(CardServer::webhook_secret, text));
}

}  // namespace

void CardNews::gather(CardBooks& books, bool is_asked_for) {
  for (CardBooks::News& news : books.take_news()) {
    if (!is_asked_for || (!news.is_by_hand && random_.below(6) == 0)) {
      ++counts_.untold;
      continue;
    }
    const std::string id = "evt_" + std::to_string(++published_);
    const nlohmann::json event = {{"object", "event"},
                                  {"id", id},
                                  {"type", news.type},
                                  {"created", seconds_of(machine_.true_clock.now())},
                                  {"data", {{"object", std::move(news.object)}}}};
    waiting_.push_back({.id = id, .body = event.dump()});
  }
}

bool CardNews::deliver(SimulatedNode& node) {
  std::vector<Waiting*> found;
  for (Waiting& one : waiting_) {
    if (!one.is_on_its_way) found.push_back(&one);
  }
  if (found.empty()) return false;
  Waiting& sent = *found[random_.below(found.size())];
  sent.is_on_its_way = true;
  sent.signed_at = machine_.clock.now();
  if (sent.was_taken) ++counts_.repeated;
  trace_.add("gateway sends", sent.body);
  Call call{http::Method::post,
            "/v1/payments/gateway-events",
            sent.body,
            {{"stripe-signature", signature_of(sent.body, machine_.clock.now())}}};
  requests_.send(node, std::move(call),
                 [this, id = sent.id](std::exception_ptr error, const http::Response& response) {
                   answered(id, std::move(error), response);
                 });
  return true;
}

void CardNews::answered(const std::string& id, std::exception_ptr error,
                        const http::Response& response) {
  const auto sent = std::ranges::find(waiting_, id, &Waiting::id);
  sent->is_on_its_way = false;
  if (error) return trace_.add("not taken", id + ": " + text_of(error));
  trace_.add("taken", id + " " + std::to_string(response.status));
  // Where the clock has moved on the way, the signature is too old, or too young.
  constexpr core::Duration tolerance = std::chrono::minutes{4};
  const core::Duration age = machine_.clock.now() - sent->signed_at;
  if (response.status == 400 && (age > tolerance || age < -tolerance)) return;
  if (response.status != 200) {
    findings_.add("wrong answer", "an event was answered " + std::to_string(response.status));
  }
  if (!std::exchange(sent->was_taken, true)) ++counts_.taken;
  if (!repeats_ || random_.below(4) > 0) waiting_.erase(sent);
}

void CardNews::heal() {
  repeats_ = false;
  std::erase_if(waiting_, [](const Waiting& one) { return one.was_taken && !one.is_on_its_way; });
}

void CardNews::node_has_ended() {
  for (Waiting& one : waiting_)
    one.is_on_its_way = false;
  requests_.node_has_ended();
}

}  // namespace orderflow::simulation
