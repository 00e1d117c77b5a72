#pragma once

#include "module_over_carrier.hpp"
#include "sample_events.hpp"
#include "scripted_carrier.hpp"
#include "support/module_harness.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <vector>

namespace orderflow::webhooks {

using nlohmann::json;
using Rows = std::vector<std::string>;

/// Of each request the last digit of its order, and the kind: "1 order.created".
inline std::vector<std::string> subjects(const std::vector<outbound::HttpRequest>& requests) {
  std::vector<std::string> found;
  for (const auto& request : requests) {
    const json event = json::parse(request.body);
    const std::string order = event.at("subject");
    found.push_back(order.substr(order.size() - 1) + " " + event.at("type").get<std::string>());
  }
  return found;
}

/// The module alone, with endpoints that a test plays.
struct Shop {
  explicit Shop(const std::string& settings = "{}", core::Duration keep_events = core::Duration{0})
      : harness(module_over(carrier), R"({"webhooks": )" + settings + "}", {},
                {.retention = {.keep = keep_events}}) {}
  ~Shop() { carrier.abandon(); }
  Shop(const Shop&) = delete;
  Shop& operator=(const Shop&) = delete;

  http::Response send(http::Method method, const std::string& target,
                      const std::string& body = "") {
    return harness.call(method, target, body);
  }

  /// Registers an endpoint; it as it was answered, with its secret.
  json add(const std::string& url, const json& kinds = json::array()) {
    const json requested{{"url", url}, {"kinds", kinds}};
    const http::Response response = send(http::Method::post, "/v1/webhooks", requested.dump());
    REQUIRE(response.status == 201);
    return json::parse(response.body);
  }

  json get(const std::string& target) {
    const http::Response response = send(http::Method::get, target);
    REQUIRE(response.status == 200);
    return json::parse(response.body);
  }

  /// Of an endpoint that `add` returned.
  static std::string path(const json& endpoint) {
    return "/v1/webhooks/" + endpoint.at("id").get<std::string>();
  }

  /// Publishes that an order was placed.
  events::EventPtr place(int number) {
    return harness.publish("orders", order_id(number), sample_order(number));
  }
  events::EventPtr settle(int number) {
    return harness.publish("billing", order_id(number),
                           sample_outcome(billing::OrderResult::processed, number));
  }

  /// States of all deliveries in log order: "delivered|1".
  Rows deliveries() {
    return harness.rows("webhooks", "SELECT state, attempts FROM webhooks_delivery ORDER BY seq");
  }

  ScriptedCarrier carrier;
  test::ModuleHarness harness;

 private:
  static std::vector<std::unique_ptr<host::Module>> module_over(Carrier& carrier) {
    std::vector<std::unique_ptr<host::Module>> modules;
    modules.push_back(make_module_over(carrier));
    return modules;
  }
};

}  // namespace orderflow::webhooks
