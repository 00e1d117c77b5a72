#include "endpoints.hpp"

#include <doctest/doctest.h>

#include <map>
#include <utility>

namespace orderflow::test {
namespace {

using nlohmann::json;

/// The kinds of each order in the order they were first accepted.
std::map<std::string, std::vector<std::string>> courses(const std::vector<json>& requests) {
  std::map<std::string, std::vector<std::string>> found;
  std::set<std::string> seen;
  for (const json& request : requests) {
    if (!seen.insert(request.at("id")).second) continue;
    const json event = json::parse(request.at("body").get<std::string>());
    found[event.at("subject")].push_back(event.at("type"));
  }
  return found;
}

}  // namespace

const Settings local_webhooks{
    {"ORDERFLOW_NOTIFICATIONS_CHANNEL", "none"},
    {"ORDERFLOW_NOTIFICATIONS_WEBHOOKS_ALLOW_PRIVATE", "true"},
    {"ORDERFLOW_NOTIFICATIONS_WEBHOOKS_RETRY_DELAYS", "50ms,100ms,200ms,1h"}};

const std::vector<std::string> course{"order.created", "order.processed"};

json add(HttpClient& client, const std::string& url, const json& kinds) {
  const auto response = client.post("/v1/webhooks", {{"url", url}, {"kinds", kinds}});
  REQUIRE_MESSAGE(response.status == 201, response.body);
  return response.json();
}

json add(HttpClient& client, Receiver& receiver, const std::string& path, json rules) {
  json endpoint = add(client, receiver.url(path));
  rules["secrets"] = json::array({endpoint.at("secret")});
  if (!rules.contains("status")) rules["status"] = 200;
  receiver.rule(path, rules);
  return endpoint;
}

std::string path_of(const json& endpoint) {
  return "/v1/webhooks/" + endpoint.at("id").get<std::string>();
}

std::vector<std::string> place_many(HttpClient& client, int count) {
  std::vector<std::string> orders;
  for (int n = 0; n < count; ++n)
    orders.push_back(place(client, order_of("u-" + std::to_string(n), 700)).at("id"));
  return orders;
}

std::vector<json> accepted(Receiver& receiver, const std::string& path) {
  auto requests = receiver.requests(path);
  std::erase_if(requests, [](const json& request) { return request.at("answered") != 200; });
  return requests;
}

std::set<std::string> ids_of(const std::vector<json>& requests) {
  std::set<std::string> ids;
  for (const json& request : requests)
    ids.insert(request.at("id"));
  return ids;
}

std::vector<json> wait_for(Receiver& receiver, const std::string& path, std::size_t events) {
  std::vector<json> requests;
  wait_until(std::to_string(events) + " events at " + path, [&] {
    requests = accepted(receiver, path);
    return ids_of(requests).size() >= events;
  });
  return requests;
}

void check_courses(const std::vector<json>& requests, const std::vector<std::string>& orders) {
  auto found = courses(requests);
  CHECK(found.size() == orders.size());
  for (const std::string& order : orders) {
    CAPTURE(order);
    CHECK(found[order] == course);
  }
}

}  // namespace orderflow::test
