// Partial refunds, asked for over REST of the real executable with the simulated gateway.
#include "acceptance/support/doctor.hpp"
#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

namespace orderflow::test {
namespace {

using nlohmann::json;

/// A node with one paid order over 1999.
struct PaidOrder {
  TemporaryFolder folder;
  Node node{folder.path(), {{"ORDERFLOW_BILLING_REFUND_RETRY_FIRST_DELAY_MS", "5"}}};
  HttpClient client{node.port()};
  std::string order_id;
  std::string payment_id;

  explicit PaidOrder(const std::string& method = {}) {
    order_id = place(client, order_of("u-1", 1999, method)).at("id");
    settled(client, order_id);
    payment_id = payments_of(client, order_id).at(0).at("id");
  }

  std::string target() const { return "/v1/payments/" + payment_id + "/refunds"; }
  json payment() { return get(client, "/v1/payments/" + payment_id); }
  json order() { return get(client, "/v1/orders/" + order_id); }

  std::string ask(const json& body) {
    const HttpResponse response = client.post(target(), body);
    INFO(response.body);
    REQUIRE(response.status == 201);
    const std::string id = response.json().at("id");
    CHECK(response.header("location") == target() + "/" + id);
    return id;
  }
  json wait_for(const std::string& refund_id, const std::string& status) {
    json refund;
    wait_until("refund " + refund_id + " is " + status, [&] {
      refund = get(client, target() + "/" + refund_id);
      return refund.at("status") == status;
    });
    return refund;
  }
};

std::int64_t spent(HttpClient& client) {
  return get(client, "/v1/users/u-1/statistics").at("spent").at("EUR");
}

TEST_CASE("a payment is paid back in parts, and its order ends with the last one") {
  PaidOrder paid;
  const json first = paid.wait_for(paid.ask({{"amount", 500}, {"reason", "a cup broke"}}), "MADE");
  CHECK(first.at("reason") == "a cup broke");
  CHECK(paid.payment().at("status") == "CAPTURED");
  CHECK(paid.payment().at("refundedAmount") == 500);
  CHECK(paid.order().at("status") == "PROCESSED");
  wait_until("the spending is 1499", [&] { return spent(paid.client) == 1499; });
  CHECK(get(paid.client, "/v1/users/u-1/statistics").at("ordersRefunded") == 0);

  const HttpResponse above = paid.client.post(paid.target(), {{"amount", 1500}});
  CHECK(above.status == 422);
  CHECK(above.json().at("errors").at(0).at("pointer") == "/amount");

  paid.wait_for(paid.ask(json::object()), "MADE");
  CHECK(paid.payment().at("status") == "REFUNDED");
  wait_until("the order is refunded", [&] { return paid.order().at("status") == "REFUNDED"; });
  counted(paid.client, "u-1", "ordersRefunded", 1);
  CHECK(spent(paid.client) == 0);
  CHECK(paid.client.post(paid.target(), json::object()).status == 409);
  CHECK(get(paid.client, paid.target()).at("refunds").size() == 2);

  wait_until("the buyer was notified four times", [&] {
    return get(paid.client, "/v1/notifications?orderId=" + paid.order_id)
               .at("notifications")
               .size() == 4;
  });
  paid.node.stop();
  check_sound(paid.folder.path());
}

TEST_CASE("a refund under one key is made once, also over a restart") {
  PaidOrder paid;
  const HttpHeaders key{{"Idempotency-Key", "refund-1"}};
  const json body = {{"amount", 300}};
  const HttpResponse first = paid.client.post(paid.target(), body, key);
  REQUIRE(first.status == 201);
  paid.wait_for(first.json().at("id"), "MADE");
  paid.node.kill();
  Node again(paid.folder.path());
  HttpClient client(again.port());
  const HttpResponse second = client.post(paid.target(), body, key);
  CHECK(second.status == 201);
  CHECK(second.body == first.body);
  CHECK(second.header("idempotent-replayed") == "true");
  CHECK(client.post(paid.target(), {{"amount", 301}}, key).status == 422);
  CHECK(get(client, paid.target()).at("refunds").size() == 1);
  CHECK(get(client, "/v1/payments/" + paid.payment_id).at("refundedAmount") == 300);
}

TEST_CASE("each refund has failing attempts of its own, and a cancellation takes the rest") {
  PaidOrder paid("sim-refund-fail-2");
  const std::string first = paid.ask({{"amount", 400}});
  const std::string second = paid.ask({{"amount", 600}});
  CHECK(paid.client.post("/v1/orders/" + paid.order_id + "/cancel", json::object()).status == 202);
  CHECK(paid.wait_for(first, "MADE").at("attempts") == 3);
  CHECK(paid.wait_for(second, "MADE").at("attempts") == 3);
  wait_until("the order is refunded", [&] { return paid.order().at("status") == "REFUNDED"; });
  const json refunds = get(paid.client, paid.target()).at("refunds");
  REQUIRE(refunds.size() == 3);
  CHECK(refunds[0].at("amount") == 999);
  CHECK(refunds[0].at("attempts") == 3);
  CHECK(paid.payment().at("refundedAmount") == 1999);
}

TEST_CASE("a refund that the gateway refuses leaves the order paid") {
  PaidOrder paid("sim-refund-refuse");
  const json refused = paid.wait_for(paid.ask({{"amount", 400}}), "REFUSED");
  CHECK(refused.at("lastError") == "the gateway refuses the refund: refund_refused");
  CHECK(paid.payment().at("status") == "CAPTURED");
  CHECK(paid.payment().at("refundingAmount") == 0);
  CHECK(paid.order().at("status") == "PROCESSED");
}

}  // namespace
}  // namespace orderflow::test
