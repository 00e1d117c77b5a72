#pragma once

#include "billing/contract/order_processed.hpp"
#include "billing/contract/payment_refund_abandoned.hpp"
#include "billing/contract/payment_refunded.hpp"
#include "module.hpp"
#include "support/module_harness.hpp"
#include "support/typed_values.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::orders {

/// The orders module alone; what billing would publish is fed by the test.
struct OrdersAlone {
  explicit OrdersAlone(std::string settings = "{}") : harness(make_module(), std::move(settings)) {}
  /// Beside modules that the test makes up.
  OrdersAlone(std::vector<std::unique_ptr<host::Module>> modules, std::string settings,
              host::NodeOptions options)
      : harness(std::move(modules), std::move(settings), {}, std::move(options)) {}

  static std::string body_of(const std::string& user = "ada", int price = 1999) {
    const nlohmann::json body = {
        {"userId", user},
        {"email", user + "@example.com"},
        {"items", {{{"productId", "book"}, {"quantity", 1}, {"price", price}}}}};
    return body.dump();
  }

  nlohmann::json place(const std::string& user = "ada", int price = 1999) {
    const auto response = post(body_of(user, price));
    REQUIRE(response.status == 201);
    return nlohmann::json::parse(response.body);
  }

  http::Response post(std::string body, http::Fields headers = {}) {
    return harness.call(http::Method::post, "/v1/orders", std::move(body), std::move(headers));
  }

  http::Response cancel(const std::string& id, std::string body = "") {
    return harness.call(http::Method::post, "/v1/orders/" + id + "/cancel", std::move(body));
  }

  void process(const std::string& id, billing::OrderResult result,
               std::vector<std::string> reasons = {}) {
    harness.publish("billing", id,
                    billing::OrderProcessed{.order_id = test::id_of(id),
                                            .buyer = {.user_id = core::UserId{"ada"}, .email = ""},
                                            .amount = test::money(1999),
                                            .status = result,
                                            .reasons = std::move(reasons),
                                            .payment_id = {}});
    harness.run_until_idle();
  }

  void refund(const std::string& id, std::int64_t remaining_amount = 0) {
    harness.publish("billing", id,
                    billing::PaymentRefunded{.order_id = test::id_of(id),
                                             .buyer = {.user_id = core::UserId{"ada"}, .email = ""},
                                             .amount = test::money(1999),
                                             .payment_id = {},
                                             .refund_id = "r",
                                             .remaining_amount = remaining_amount});
    harness.run_until_idle();
  }

  void abandon_refund(const std::string& id, bool withdraws_cancellation) {
    harness.publish(
        "billing", id,
        billing::PaymentRefundAbandoned{.order_id = test::id_of(id),
                                        .user_id = core::UserId{"ada"},
                                        .payment_id = {},
                                        .reason = "refused",
                                        .withdraws_cancellation = withdraws_cancellation});
    harness.run_until_idle();
  }

  nlohmann::json get(const std::string& target) {
    const auto response = harness.call(http::Method::get, target);
    REQUIRE(response.status == 200);
    return nlohmann::json::parse(response.body);
  }

  std::int64_t count(const std::string& table) {
    return std::stoll(harness.rows("orders", "SELECT count(*) FROM " + table).front());
  }

  test::ModuleHarness harness;
};

/// The value of a header of an answer; empty where it has none.
inline std::string header_of(const http::Response& response, std::string_view name) {
  for (const auto& [given, value] : response.headers) {
    if (given == name) return value;
  }
  return {};
}

}  // namespace orderflow::orders
