#include "faults/simulation/operators.hpp"

#include "events/event_log.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

namespace orderflow::simulation {
namespace {

constexpr std::array<const char*, 10> subscriptions{
    "billing.assess",       "billing.cancel", "billing.capture",  "billing.refund", "ledger.book",
    "notifications.report", "orders.settle",  "users.statistics", "ledger.echo",    "nobody.ever"};

constexpr std::array filters{R"({})", R"({"subscription": "ledger.book"})",
                             R"({"subscription": "billing.refund"})",
                             R"({"kind": "payment.requested"})", R"({"error": "pen"})"};

struct Listed {
  std::string subscription;
  std::int64_t seq;
};

/// What is listed in the deliveries: mostly what is dead.
std::vector<Listed> listed(SimulatedNode& node, bool only_dead) {
  std::vector<Listed> found;
  node.node().services().readers.read(events::event_owner, [&](storage::Session session) {
    auto rows = session.query(
        "SELECT subscription, seq FROM event_delivery WHERE state = 'dead' OR ?1 = 0"
        " ORDER BY seq DESC LIMIT 40",
        only_dead);
    while (rows.next())
      found.push_back({rows.get<std::string>(0), rows.get<std::int64_t>(1)});
  });
  return found;
}

}  // namespace

void Operators::act(SimulatedNode& node) {
  switch (random_.below(12)) {
    case 0:
    case 1:
      return set_paused(node, subscriptions[random_.below(subscriptions.size())],
                        random_.below(2) == 0);
    case 2:
    case 3:
      return rebuild(node);
    case 4:
      return replay_all(node, filters[random_.below(filters.size())]);
    case 5:
    case 6:
      return handle_some(node, Handling::discard);
    default:
      return handle_some(node, Handling::replay);
  }
}

void Operators::ask(SimulatedNode& node, Call call, std::vector<unsigned> answers,
                    std::uint64_t& count) {
  const std::string target = call.target;
  trace_.add("operator", target);
  requests_.send(node, std::move(call),
                 [this, target, answers = std::move(answers), &count](
                     std::exception_ptr error, const http::Response& response) {
                   if (error) return trace_.add("not done", target + ": " + text_of(error));
                   trace_.add("done", target + " " + std::to_string(response.status));
                   if (response.status == answers.front()) ++count;
                   if (std::ranges::find(answers, response.status) == answers.end()) {
                     findings_.add("wrong answer",
                                   target + " answered " + std::to_string(response.status));
                   }
                 });
}

void Operators::set_paused(SimulatedNode& node, const std::string& subscription, bool paused) {
  const std::string target =
      "/v1/admin/subscriptions/" + subscription + (paused ? "/pause" : "/resume");
  const bool is_known = !subscription.starts_with("nobody");
  ask(node, {http::Method::post, target}, {is_known ? 200U : 404U}, counts_.pauses);
}

void Operators::resume_all(SimulatedNode& node) {
  for (const char* subscription : subscriptions)
    set_paused(node, subscription, false);
}

void Operators::rebuild(SimulatedNode& node) {
  // Not where one is running, or where the log has lost its begin.
  ask(node, {http::Method::post, "/v1/admin/subscriptions/users.statistics/rebuild"}, {202, 409},
      counts_.rebuilds);
}

void Operators::replay_all(SimulatedNode& node, const std::string& filter) {
  ask(node, {http::Method::post, "/v1/admin/dead-letters/replay", filter}, {202, 409},
      counts_.bulk_replays);
}

void Operators::handle_some(SimulatedNode& node, Handling handling) {
  auto found = listed(node, random_.below(4) > 0);
  if (found.empty()) return;
  // Where money hangs on it, what operators do matters most, and it is the rarest to die.
  const auto is_payment = [](const Listed& one) {
    return one.subscription.starts_with("billing.");
  };
  if (random_.below(2) == 0 && std::ranges::any_of(found, is_payment)) {
    std::erase_if(found, std::not_fn(is_payment));
  }
  const Listed& chosen = found[random_.below(found.size())];
  const bool is_replay = handling == Handling::replay;
  std::string target =
      "/v1/admin/dead-letters/" + chosen.subscription + ":" + std::to_string(chosen.seq);
  target += is_replay ? "/replay" : "?reason=enough";
  trace_.add("operator", target);
  requests_.send(
      node, {is_replay ? http::Method::post : http::Method::del, target},
      [this, chosen, target, is_replay](std::exception_ptr error, const http::Response& response) {
        if (error) return trace_.add("not done", target + ": " + text_of(error));
        trace_.add("done", target + " " + std::to_string(response.status));
        if (response.status == 409) {
          ++counts_.refused;
        } else if (response.status == (is_replay ? 202U : 204U)) {
          ++(is_replay ? counts_.replays : counts_.discards);
          done_.push_back({is_replay ? "replay" : "discard", chosen.subscription, chosen.seq});
        } else {
          findings_.add("wrong answer", target + " answered " + std::to_string(response.status));
        }
      });
}

}  // namespace orderflow::simulation
