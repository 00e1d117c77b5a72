#include "faults/simulation/people/webhook_owners.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <iterator>

namespace orderflow::simulation {
namespace {

using nlohmann::json;

constexpr std::size_t endpoints_max = 5;

constexpr std::array changes{R"([])", R"([])", R"(["order.created"])",
                             R"(["order.processed", "payment.refunded"])",
                             R"(["order.created", "order.processed", "notification.sent"])"};

}  // namespace

void WebhookOwners::act(SimulatedNode& node) {
  if (endpoints_.empty() || random_.below(4) == 0) return make(node);
  Endpoint& endpoint = endpoints_[random_.below(endpoints_.size())];
  if (endpoint.id.empty()) return;
  switch (random_.below(8)) {
    case 0:
      return change(node, endpoint,
                    R"({"kinds": )" + std::string(changes[random_.below(changes.size())]) + "}");
    case 1:
      return change(node, endpoint, R"({"state": "disabled"})");
    case 2:
    case 3:
      return change(node, endpoint, R"({"state": "enabled"})");
    case 4:
      return random_.below(2) == 0 ? remove(node, endpoint) : resend_failed(node);
    default:
      return resend(node, endpoint);
  }
}

void WebhookOwners::make(SimulatedNode& node) {
  if (endpoints_.size() >= endpoints_max) return;
  Endpoint& endpoint = endpoints_.emplace_back(
      Endpoint{.url = "https://receiver-" + std::to_string(endpoints_.size()) + ".example/"});
  const json body = {{"url", endpoint.url},
                     {"kinds", json::parse(changes[random_.below(changes.size())])}};
  ++endpoint.changes;
  trace_.add("make webhook", body.dump());
  requests_.send(
      node, {http::Method::post, "/v1/webhooks", body.dump()},
      [this, &node, &endpoint](std::exception_ptr error, const http::Response& response) {
        if (error) return trace_.add("no webhook made", endpoint.url);
        if (response.status != 201) {
          return findings_.add("wrong answer",
                               "a webhook was answered " + std::to_string(response.status));
        }
        ++counts_.made;
        learn(node, endpoint, response);
      });
}

/// The answer holds from now on, unless another change is under way.
void WebhookOwners::learn(SimulatedNode& node, Endpoint& endpoint, const http::Response& response) {
  const json shown = json::parse(response.body);
  endpoint.id = shown.at("id");
  endpoint.kinds = shown.at("kinds").get<std::set<std::string>>();
  const bool is_enabled = shown.at("state") == "enabled";
  trace_.add("webhook answered", endpoint.url + (is_enabled ? " enabled" : " disabled"));
  if (--endpoint.changes > 0) return;
  endpoint.is_in_doubt = false;
  endpoint.since.reset();
  if (is_enabled) {
    endpoint.since = node.node().services().live.newest().value();
  } else {
    receivers_.shut(endpoint.url);
  }
}

void WebhookOwners::change(SimulatedNode& node, Endpoint& endpoint, const std::string& body) {
  if (endpoint.is_removed) return;
  receivers_.open(endpoint.url);
  endpoint.since.reset();
  ++endpoint.changes;
  trace_.add("change webhook", endpoint.url + " " + body);
  requests_.send(
      node, {http::Method::patch, "/v1/webhooks/" + endpoint.id, body},
      [this, &node, &endpoint](std::exception_ptr error, const http::Response& response) {
        if (error) {
          endpoint.is_in_doubt = true;
          return trace_.add("webhook not changed", endpoint.url);
        }
        if (response.status == 200) {
          ++counts_.changed;
          return learn(node, endpoint, response);
        }
        // Another request may have removed it.
        if (response.status != 404) {
          findings_.add("wrong answer",
                        "a webhook's change was answered " + std::to_string(response.status));
        }
      });
}

void WebhookOwners::remove(SimulatedNode& node, Endpoint& endpoint) {
  if (endpoint.is_removed) return;
  endpoint.since.reset();
  ++endpoint.changes;
  trace_.add("remove webhook", endpoint.url);
  requests_.send(node, {http::Method::del, "/v1/webhooks/" + endpoint.id},
                 [this, &endpoint](std::exception_ptr error, const http::Response& response) {
                   if (error) return trace_.add("webhook not removed", endpoint.url);
                   trace_.add("webhook removed", endpoint.url);
                   if (response.status == 204) ++counts_.removed;
                   if (response.status != 204 && response.status != 404) {
                     findings_.add("wrong answer", "a webhook's removal was answered " +
                                                       std::to_string(response.status));
                   }
                   endpoint.is_removed = true;
                   receivers_.shut(endpoint.url);
                 });
}

void WebhookOwners::resend(SimulatedNode& node, const Endpoint& endpoint) {
  const auto receiver = receivers_.receivers().find(endpoint.url);
  if (receiver == receivers_.receivers().end() || receiver->second.taken.empty()) return;
  auto chosen = receiver->second.taken.begin();
  std::advance(chosen, static_cast<std::ptrdiff_t>(random_.below(receiver->second.taken.size())));
  const std::string seq = std::to_string(chosen->first);
  resent_.emplace(endpoint.url, chosen->first);
  trace_.add("resend", endpoint.url + " " + seq);
  requests_.send(
      node, {http::Method::post, "/v1/webhooks/" + endpoint.id + "/deliveries/" + seq + "/resend"},
      [this](std::exception_ptr error, const http::Response& response) {
        if (error) return;
        trace_.add("resent", std::to_string(response.status));
        if (response.status == 202) ++counts_.resent;
        if (response.status != 202 && response.status != 409 && response.status != 404) {
          findings_.add("wrong answer", "resend was answered " + std::to_string(response.status));
        }
      });
}

void WebhookOwners::enable_all(SimulatedNode& node) {
  for (Endpoint& endpoint : endpoints_) {
    if (endpoint.id.empty() || endpoint.is_removed) continue;
    if (!endpoint.since) {
      change(node, endpoint, R"({"state": "enabled"})");
      continue;
    }
    requests_.send(
        node, {http::Method::get, "/v1/webhooks/" + endpoint.id},
        [this, &node, &endpoint](std::exception_ptr error, const http::Response& response) {
          if (error || response.status != 200) {
            return findings_.add("lost", "the webhook " + endpoint.url);
          }
          if (json::parse(response.body).at("state") == "enabled") return;
          change(node, endpoint, R"({"state": "enabled"})");
        });
  }
}

void WebhookOwners::resend_failed(SimulatedNode& node) {
  for (const Endpoint& endpoint : endpoints_) {
    if (endpoint.id.empty() || endpoint.is_removed) continue;
    trace_.add("resend failed", endpoint.url);
    requests_.send(
        node, {http::Method::post, "/v1/webhooks/" + endpoint.id + "/resend-failed"},
        [this, &node, &endpoint](std::exception_ptr error, const http::Response& response) {
          if (error) return;
          trace_.add("resent", std::to_string(response.status));
          if (response.status != 202 && response.status != 409 && response.status != 404) {
            findings_.add("wrong answer", "resend was answered " + std::to_string(response.status));
          }
          note_resent(node, endpoint.url);
        });
  }
}

/// Their rows go with their events. Where they cannot be read now, any of them may have been sent
/// again.
void WebhookOwners::note_resent(SimulatedNode& node, const std::string& url) {
  try {
    node.node().services().readers.read("webhooks", [&](storage::Session session) {
      auto rows = session.query(
          "SELECT seq FROM webhooks_delivery d JOIN webhooks_endpoint e ON e.id = d.endpoint_id"
          " WHERE url = ?1 AND attempts_before > 0",
          url);
      while (rows.next())
        resent_.emplace(url, rows.get<std::int64_t>(0));
    });
  } catch (const std::exception& e) {
    trace_.add("resent, and not looked at", e.what());
    resent_unseen_.insert(url);
  }
}

bool WebhookOwners::may_have_resent(const std::string& url, std::int64_t seq) const {
  return resent_unseen_.contains(url) || resent_.contains({url, seq});
}

void WebhookOwners::node_has_ended() {
  for (Endpoint& endpoint : endpoints_) {
    if (std::exchange(endpoint.changes, 0) > 0) endpoint.is_in_doubt = true;
  }
  requests_.node_has_ended();
}

}  // namespace orderflow::simulation
