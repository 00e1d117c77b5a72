#include "billing/contract/payment_requested.hpp"
#include "module.hpp"
#include "sample_order.hpp"
#include "support/module_harness.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace orderflow::billing {
namespace {

using nlohmann::json;

const char* const no_payment = "01900000-0000-7000-8000-ffffffffffff";

/// Billing with a payment for each of the given ways to pay, a second apart.
class Payments {
 public:
  explicit Payments(const std::vector<std::string>& methods) : harness(make_module()) {
    int number = 0;
    for (const std::string& method : methods) {
      ++number;
      auto order = sample_order(number, "user-" + std::to_string(number));
      order.order.payment_method = method;
      harness.publish("orders", order.order_id, order);
      harness.run_until_idle();
      harness.advance(std::chrono::seconds(1));
    }
  }

  json get(const std::string& target, unsigned status = 200) {
    const http::Response response = harness.call(http::Method::get, target);
    CHECK(response.status == status);
    CHECK(response.content_type ==
          (status == 200 ? "application/json" : "application/problem+json"));
    return json::parse(response.body);
  }

  test::ModuleHarness harness;
};

std::vector<std::string> orders_of(const json& page) {
  std::vector<std::string> ids;
  for (const auto& payment : page.at("payments"))
    ids.push_back(payment.at("orderId"));
  return ids;
}

}  // namespace

TEST_CASE("a payment is shown with all that is known of it") {
  Payments payments({"sim-approve", "sim-decline:lost_card", "sim-timeout", ""});
  const auto requested = payments.harness.published<PaymentRequested>();
  REQUIRE(requested.size() == 4);
  json captured = payments.get("/v1/payments/" + requested[0].payment_id.value().to_string());
  CHECK(captured.at("gatewayReference").get<std::string>().starts_with("sim_"));
  captured.erase("gatewayReference");
  CHECK(captured == json{{"id", requested[0].payment_id.value().to_string()},
                         {"orderId", order_id(1)},
                         {"userId", "user-1"},
                         {"amount", 1999},
                         {"currency", "EUR"},
                         {"paymentMethod", "sim-approve"},
                         {"status", "CAPTURED"},
                         {"gatewayKey", order_id(1) + ":1"},
                         {"attempts", 1},
                         {"refundedAmount", 0},
                         {"refundingAmount", 0},
                         {"refunds", "/v1/payments/" + requested[0].payment_id.value().to_string() +
                                         "/refunds"},
                         {"createdAt", "2023-11-14T22:13:20.000000Z"},
                         {"updatedAt", "2023-11-14T22:13:20.000000Z"}});
  const json declined = payments.get("/v1/payments/" + requested[1].payment_id.value().to_string());
  CHECK(declined.at("status") == "DECLINED");
  CHECK(declined.at("declineCode") == "lost_card");
  CHECK_FALSE(declined.contains("gatewayReference"));
  const json open = payments.get("/v1/payments/" + requested[2].payment_id.value().to_string());
  CHECK(open.at("status") == "SENDING");
  CHECK(open.at("attempts") == 0);
  const json by_default =
      payments.get("/v1/payments/" + requested[3].payment_id.value().to_string());
  CHECK_FALSE(by_default.contains("paymentMethod"));
}

TEST_CASE("a failed attempt is shown with its error and its time") {
  Payments payments({"sim-fail-1"});
  payments.harness.run_to_the_end();
  const json payment = payments.get("/v1/payments").at("payments").at(0);
  CHECK(payment.at("status") == "CAPTURED");
  CHECK(payment.at("attempts") == 2);
  CHECK(payment.at("lastError") == "the gateway failed at attempt 1");
  CHECK(payment.at("updatedAt") > payment.at("createdAt"));
}

TEST_CASE("payments are listed newest first, page by page") {
  Payments payments(std::vector<std::string>(5, "sim-approve"));
  const json first = payments.get("/v1/payments?limit=2");
  CHECK(orders_of(first) == std::vector{order_id(5), order_id(4)});
  const json second =
      payments.get("/v1/payments?limit=2&after=" + first.at("next").get<std::string>());
  CHECK(orders_of(second) == std::vector{order_id(3), order_id(2)});
  const json third =
      payments.get("/v1/payments?limit=2&after=" + second.at("next").get<std::string>());
  CHECK(orders_of(third) == std::vector{order_id(1)});
  CHECK(third.at("next").is_null());
  CHECK(payments.get("/v1/payments?limit=5").at("next").is_null());
}

TEST_CASE("the payments of one order are found by it") {
  Payments payments({"sim-approve", "sim-approve"});
  CHECK(orders_of(payments.get("/v1/payments?orderId=" + order_id(1))) == std::vector{order_id(1)});
  const json none = payments.get("/v1/payments?orderId=" + std::string(no_payment));
  CHECK(none == json{{"payments", json::array()}, {"next", nullptr}});
}

TEST_CASE("a payment that is not there is not found") {
  Payments payments({"sim-approve"});
  for (const std::string id : {no_payment, "1", "not-a-payment"}) {
    CAPTURE(id);
    CHECK(payments.get("/v1/payments/" + id, 404).at("type") == "/problems/payment-not-found");
  }
}

TEST_CASE("bad parameters of the list are named, all of them") {
  Payments payments({"sim-approve"});
  const json problem = payments.get("/v1/payments?orderId=1&after=x&limit=0&status=CAPTURED", 400);
  std::vector<std::string> named;
  for (const auto& error : problem.at("errors")) {
    named.push_back(error.at("pointer"));
  }
  std::ranges::sort(named);
  CHECK(named == std::vector<std::string>{"after", "limit", "orderId", "status"});
}

}  // namespace orderflow::billing
