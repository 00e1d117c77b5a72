#include "acceptance/support/orders.hpp"

#include "acceptance/support/node.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace orderflow::test {

using nlohmann::json;

json order_of(const std::string& user, std::int64_t price, const std::string& payment_method) {
  json body = {
      {"userId", user},
      {"email", user + "@example.com"},
      {"items",
       json::array(
           {{{"productId", "mug"}, {"name", "A mug"}, {"quantity", 1}, {"price", price}}})}};
  if (!payment_method.empty()) body["paymentMethod"] = payment_method;
  return body;
}

json place(HttpClient& client, const json& body) {
  const HttpResponse response = client.post("/v1/orders", body);
  INFO(response.body);
  REQUIRE(response.status == 201);
  return response.json();
}

json get(HttpClient& client, const std::string& target) {
  const HttpResponse response = client.get(target);
  INFO(target, " ", response.body);
  REQUIRE(response.status == 200);
  return response.json();
}

json settled(HttpClient& client, const std::string& order_id) {
  json order;
  wait_until("order " + order_id + " has its final status", [&] {
    order = get(client, "/v1/orders/" + order_id);
    return order.at("status") != "PENDING";
  });
  return order;
}

json payments_of(HttpClient& client, const std::string& order_id) {
  return get(client, "/v1/payments?orderId=" + order_id).at("payments");
}

json notified(HttpClient& client, const std::string& order_id, const std::string& status) {
  json notifications;
  wait_until("both notifications of " + order_id + " are " + status, [&] {
    notifications = get(client, "/v1/notifications?orderId=" + order_id).at("notifications");
    return notifications.size() == 2 &&
           std::all_of(notifications.begin(), notifications.end(),
                       [&](const json& each) { return each.at("status") == status; });
  });
  return notifications;
}

json counted(HttpClient& client, const std::string& user, const char* field, int count) {
  json statistics;
  wait_until(user + " has " + std::to_string(count) + " in " + field, [&] {
    const HttpResponse response = client.get("/v1/users/" + user + "/statistics");
    if (response.status == 404) return false;
    statistics = response.json();
    return statistics.at(field) == count;
  });
  return statistics;
}

json steps_of(HttpClient& client, const std::string& order_id) {
  json steps = json::array();
  const json timeline = get(client, "/v1/orders/" + order_id + "/timeline");
  for (const json& event : timeline.at("events")) {
    if (!event.at("kind").get<std::string>().starts_with("notification.")) steps.push_back(event);
  }
  return steps;
}

std::size_t count_mails(const std::filesystem::path& data) {
  const std::filesystem::directory_iterator mails(data / "mail" / "new");
  return static_cast<std::size_t>(std::count_if(begin(mails), end(mails), [](const auto& entry) {
    return entry.path().extension() == ".eml";
  }));
}

}  // namespace orderflow::test
