#include "faults/simulation/people/operators.hpp"

#include "events/log/event_log.hpp"

#include <nlohmann/json.hpp>

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

/// What of a payload could be changed, and must not be. The last one may be, where nothing is lost.
constexpr std::array<const char*, 6> members_of_charge{"amount",    "currency", "gatewayKey",
                                                       "paymentId", "orderId",  "paymentMethod"};
constexpr std::array<const char*, 6> members_of_refund{
    "amount", "currency", "gatewayKey", "gatewayReference", "paymentId", "paymentRefundId"};

void change(nlohmann::json& payload, const std::string& member, core::Random& random) {
  if (member == "amount") {
    payload[member] = payload.at(member).get<std::int64_t>() + (random.below(2) == 0 ? 10 : -1);
    if (payload[member] < 1) payload[member] = 1'000;
  } else if (member == "currency") {
    payload[member] = payload.at(member) == "USD" ? "EUR" : "USD";
  } else if (member == "paymentMethod") {
    payload[member] = random.below(2) == 0 ? pay::with_success : pay::declined;
  } else {
    std::string text = payload.value(member, "1");
    text.back() = text.back() == '1' ? '2' : '1';
    payload[member] = text;
  }
}

}  // namespace

std::vector<Operators::Listed> Operators::listed(SimulatedNode& node, bool only_dead) {
  std::vector<Listed> found;
  node.node().services().readers.read(events::event_owner, [&](storage::Session session) {
    auto rows = session.query(
        "SELECT d.subscription, d.seq, l.payload FROM event_delivery d JOIN event_log l USING (seq)"
        " WHERE d.state = 'dead' OR ?1 = 0 ORDER BY d.seq DESC LIMIT 40",
        only_dead);
    while (rows.next()) {
      found.push_back(
          {rows.get<std::string>(0), rows.get<std::int64_t>(1), rows.get<std::string>(2)});
    }
  });
  return found;
}

void Operators::act(SimulatedNode& node) {
  switch (random_.below(14)) {
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
    case 7:
    case 8:
      return handle_some(node, Handling::edit);
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
  if (handling == Handling::edit) return replay_edited(node, chosen);
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

void Operators::replay_edited(SimulatedNode& node, const Listed& letter) {
  const bool is_charge = letter.subscription == "billing.capture";
  if (!is_charge && letter.subscription != "billing.refund") return;
  const auto& members = is_charge ? members_of_charge : members_of_refund;
  const std::string member = members[random_.below(members.size())];
  nlohmann::json payload = nlohmann::json::parse(letter.payload);
  const std::string key = payload.at("orderId");
  change(payload, member, random_);
  const std::string target = "/v1/admin/dead-letters/" + letter.subscription + ":" +
                             std::to_string(letter.seq) +
                             (random_.below(4) == 0 ? "/replay?dry=true" : "/replay");
  const nlohmann::json body = {{"payload", payload}};
  trace_.add("operator", target + " with another " + member);
  requests_.send(node, {http::Method::post, target, body.dump()},
                 [this, letter, target, key, member](std::exception_ptr error,
                                                     const http::Response& response) {
                   if (error) return trace_.add("not done", target + ": " + text_of(error));
                   trace_.add("done", target + " " + std::to_string(response.status));
                   if (response.status == 422) ++counts_.refused_edits;
                   if (response.status == 409) ++counts_.refused;
                   if (response.status >= 400) return;
                   if (member != "paymentMethod") {
                     findings_.add("wrong answer", target + " was done with another " + member);
                   }
                   if (response.status != 202) return;
                   ++counts_.edits;
                   edited_.push_back({key, member});
                   done_.push_back({"replay", letter.subscription, letter.seq});
                 });
}

}  // namespace orderflow::simulation
