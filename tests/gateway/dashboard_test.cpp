// What a shop does in the gateway's dashboard, and what a buyer's bank does, is in our books too.
#include "acceptance/support/doctor.hpp"
#include "acceptance/support/orders.hpp"
#include "card_gateway.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

namespace orderflow::test {
namespace {

using nlohmann::json;

/// A node whose gateway sends it events of what happens there, with one order that is paid.
struct Open {
  Open() : node(folder.path(), gateway.settings()), client(node.port()) {
    gateway.set_node(node);
    order = place(client, order_of("ann", 1999, "pm_card_visa")).at("id");
    settled(client, order);
    intent = payment().at("gatewayReference");
  }

  json payment() { return payments_of(client, order).at(0); }
  json alone() { return get(client, "/v1/payments/" + payment().at("id").get<std::string>()); }
  json refunds() { return get(client, payment().at("refunds")).at("refunds"); }
  void wait_for_refunded(std::int64_t amount) {
    wait_until("so much is paid back",
               [&] { return payment().value("refundedAmount", 0) == amount; });
  }
  void wait_until_all_is_taken() {
    wait_until("the node has taken all events of the gateway", [&] {
      const json webhooks = gateway.books().at("webhooks");
      const json follow = get(client, "/v1/admin/subscriptions/billing.follow");
      return webhooks.at("sent") == webhooks.at("taken") && follow.at("lag") == 0 &&
             follow.at("inFlight") == 0;
    });
  }

  TemporaryFolder folder;
  CardGatewayProcess gateway;
  Node node;
  HttpClient client;
  std::string order;
  std::string intent;
};

TEST_CASE("what the shop pays back in the dashboard is booked, published and counted, once") {
  Open shop;
  shop.gateway.behave({{"webhook_copies", 3}});
  const json part = shop.gateway.act("refund", {{"payment_intent", shop.intent}, {"amount", 500}});
  shop.wait_for_refunded(500);
  CHECK(shop.payment().at("status") == "CAPTURED");
  const json rest = shop.gateway.act("refund", {{"payment_intent", shop.intent}});
  wait_until("the order is refunded", [&] {
    return get(shop.client, "/v1/orders/" + shop.order).at("status") == "REFUNDED";
  });
  shop.wait_until_all_is_taken();
  CHECK(shop.payment().at("status") == "REFUNDED");
  const json refunds = shop.refunds();
  REQUIRE(refunds.size() == 2);
  CHECK(refunds.at(0).at("gatewayReference") == rest.at("id"));
  CHECK(refunds.at(1).at("gatewayReference") == part.at("id"));
  for (const json& refund : refunds) {
    CHECK(refund.at("origin") == "gateway");
    CHECK(refund.at("status") == "MADE");
  }
  const json statistics = counted(shop.client, "ann", "ordersRefunded", 1);
  CHECK(statistics.at("spent").value("EUR", 0) == 0);
  shop.node.stop();
  check_sound(shop.folder.path());
}

TEST_CASE("a refund in the dashboard is found by the charge's event alone, and by its own alone") {
  Open shop;
  shop.gateway.behave({{"refund_events", json::array({"charge.refunded"})}});
  shop.gateway.act("refund", {{"payment_intent", shop.intent}, {"amount", 500}});
  shop.wait_for_refunded(500);
  shop.gateway.behave({{"refund_events", json::array({"refund.created"})}});
  shop.gateway.act("refund", {{"payment_intent", shop.intent}, {"amount", 300}});
  shop.wait_for_refunded(800);
  shop.node.stop();
  check_sound(shop.folder.path());
}

TEST_CASE("a refund in the dashboard that is pending is promised, and freed again if it fails") {
  Open shop;
  shop.gateway.act("refund",
                   {{"payment_intent", shop.intent}, {"amount", 500}, {"ends", "failed"}});
  wait_until("it is promised", [&] { return shop.payment().value("refundingAmount", 0) == 500; });
  CHECK(shop.gateway.settle() == 1);
  wait_until("it is free again", [&] { return shop.payment().value("refundingAmount", 1) == 0; });
  shop.gateway.act("refund",
                   {{"payment_intent", shop.intent}, {"amount", 700}, {"ends", "succeeded"}});
  wait_until("it is promised", [&] { return shop.payment().value("refundingAmount", 0) == 700; });
  CHECK(shop.gateway.settle() == 1);
  shop.wait_for_refunded(700);
  shop.node.stop();
  check_sound(shop.folder.path());
}

TEST_CASE("a cancellation for which the shop was quicker in the dashboard pays back what is left") {
  Open shop;
  shop.gateway.behave({{"outage", "status:503"}});
  CHECK(shop.client.post("/v1/orders/" + shop.order + "/cancel", json::object()).status == 202);
  wait_until("it is promised", [&] { return shop.payment().value("refundingAmount", 0) == 1999; });
  shop.gateway.act("refund", {{"payment_intent", shop.intent}, {"amount", 1200}});
  shop.gateway.behave({{"outage", ""}});
  shop.wait_for_refunded(1999);
  CHECK(shop.payment().at("status") == "REFUNDED");
  std::int64_t paid_back = 0;
  const json books = shop.gateway.books();
  for (const json& refund : books.at("refunds"))
    paid_back += refund.at("amount").get<std::int64_t>();
  CHECK(paid_back == 1999);
  shop.node.stop();
  check_sound(shop.folder.path());
}

TEST_CASE("money that a bank has taken back is shown, and is back when the dispute is won") {
  Open shop;
  const json dispute = shop.gateway.act("dispute", {{"payment_intent", shop.intent}});
  wait_until("it is shown", [&] { return shop.payment().value("disputedAmount", 0) == 1999; });
  CHECK(shop.alone().at("disputes").at(0).at("status") == "needs_response");
  shop.gateway.act("close_dispute", {{"dispute", dispute.at("id")}, {"status", "won"}});
  wait_until("it is back", [&] { return !shop.payment().contains("disputedAmount"); });
  CHECK(shop.alone().at("disputes").at(0).at("status") == "won");
  CHECK(get(shop.client, "/v1/orders/" + shop.order).at("status") == "PROCESSED");
  shop.node.stop();
  check_sound(shop.folder.path());
}

TEST_CASE("what the gateway reports and our books cannot hold is a finding of the doctor") {
  Open shop;
  const json dispute =
      shop.gateway.act("dispute", {{"payment_intent", shop.intent}, {"amount", 2999}});
  shop.wait_until_all_is_taken();
  CHECK_FALSE(shop.payment().contains("disputedAmount"));
  shop.node.stop();
  const json report = run_doctor(shop.folder.path());
  CHECK(report.dump().find(dispute.at("id").get<std::string>()) != std::string::npos);
}

}  // namespace
}  // namespace orderflow::test
