// What becomes of an order, seen as its buyer and the shop see it: over REST and in the mail
// folder.
#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <set>

namespace orderflow::test {
namespace {

using nlohmann::json;

struct Shop {
  TemporaryFolder folder;
  Node node;
  HttpClient client;

  explicit Shop(const Settings& settings = {})
      : node(folder.path(), settings), client(node.port()) {}
};

std::string content_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST_CASE("the first order is processed, billed, mailed and counted") {
  Shop shop;
  const json body = {{"userId", "u-1"},
                     {"email", "ada@example.com"},
                     {"currency", "EUR"},
                     {"items",
                      {{{"productId", "mug"}, {"quantity", 2}, {"price", 1999}},
                       {{"productId", "tea"}, {"quantity", 1}, {"price", 450}}}},
                     {"totalAmount", 4448}};
  const HttpResponse response =
      shop.client.post("/v1/orders", body, {{"X-Correlation-ID", "the-first"}});
  REQUIRE(response.status == 201);
  CHECK(response.header("x-correlation-id") == "the-first");
  const json placed = response.json();
  const std::string id = placed.at("id");
  CHECK(response.header("location") == "/v1/orders/" + id);
  CHECK(placed.at("status") == "PENDING");
  CHECK(placed.at("totalAmount") == 4448);
  CHECK(placed.at("items").size() == 2);
  CHECK(placed.at("correlationId") == "the-first");

  const json order = settled(shop.client, id);
  CHECK(order.at("status") == "PROCESSED");
  CHECK(order.at("userId") == "u-1");
  CHECK(order.at("createdAt") == placed.at("createdAt"));

  const json payments = payments_of(shop.client, id);
  REQUIRE(payments.size() == 1);
  CHECK(payments[0].at("status") == "CAPTURED");
  CHECK(payments[0].at("orderId") == id);
  CHECK(payments[0].at("amount") == 4448);

  const json notifications = notified(shop.client, id);
  CHECK(std::set<std::string>{notifications[0].at("kind"), notifications[1].at("kind")} ==
        std::set<std::string>{"order_confirmation", "order_outcome"});
  CHECK(count_mails(shop.folder.path()) == 2);
  for (const auto& mail :
       std::filesystem::directory_iterator(shop.folder.path() / "mail" / "new")) {
    const std::string text = content_of(mail.path());
    CHECK(text.find("To: ada@example.com\r\n") != std::string::npos);
    CHECK(text.find("X-Correlation-ID: the-first\r\n") != std::string::npos);
    CHECK(text.find(id) != std::string::npos);
  }

  const json statistics = counted(shop.client, "u-1", "ordersProcessed", 1);
  CHECK(statistics.at("ordersPlaced") == 1);
  CHECK(statistics.at("ordersCanceled") == 0);
  CHECK(statistics.at("ordersDeclined") == 0);
  CHECK(statistics.at("spent") == json{{"EUR", 4448}});
}

TEST_CASE("the timeline shows each step in order, under one correlation id") {
  Shop shop;
  const HttpResponse response =
      shop.client.post("/v1/orders", order_of("u-1", 100), {{"X-Correlation-ID", "one-thread"}});
  const std::string id = response.json().at("id");
  settled(shop.client, id);
  notified(shop.client, id);

  const json timeline = get(shop.client, "/v1/orders/" + id + "/timeline");
  CHECK(timeline.at("orderId") == id);
  const json steps = steps_of(shop.client, id);
  REQUIRE(steps.size() == 3);
  CHECK(steps[0].at("kind") == "order.created");
  CHECK(steps[1].at("kind") == "payment.requested");
  CHECK(steps[2].at("kind") == "order.processed");
  CHECK(steps[1].at("causationId") == steps[0].at("id"));
  CHECK(steps[2].at("causationId") == steps[1].at("id"));

  const json& events = timeline.at("events");
  CHECK(events.size() == 5);
  std::int64_t last = 0;
  for (const json& event : events) {
    CHECK(event.at("correlationId") == "one-thread");
    CHECK(event.at("seq").get<std::int64_t>() > last);
    last = event.at("seq");
  }
}

TEST_CASE("an order that breaks a fraud rule is canceled with its reasons and never charged") {
  Shop shop(Settings{{"ORDERFLOW_BILLING_FRAUD_BLOCKED_PRODUCTS", "gift-card"}});
  json body = order_of("u-2", 500);
  body["items"][0]["productId"] = "gift-card";
  const std::string id = place(shop.client, body).at("id");

  const json order = settled(shop.client, id);
  CHECK(order.at("status") == "CANCELED_FRAUD");
  CHECK(order.at("reasons").size() == 1);
  const json payments = payments_of(shop.client, id);
  REQUIRE(payments.size() == 1);
  CHECK(payments[0].at("status") == "REFUSED");
  CHECK(payments[0].at("attempts") == 0);
  notified(shop.client, id);
  CHECK(count_mails(shop.folder.path()) == 2);
  const json statistics = counted(shop.client, "u-2", "ordersCanceled", 1);
  CHECK(statistics.at("ordersProcessed") == 0);
  CHECK(statistics.at("spent") == json::object());
}

TEST_CASE("a declined payment ends the order with the gateway's reason") {
  Shop shop;
  const std::string id =
      place(shop.client, order_of("u-3", 500, "sim-decline:insufficient_funds")).at("id");

  const json order = settled(shop.client, id);
  CHECK(order.at("status") == "PAYMENT_DECLINED");
  CHECK(order.at("reasons") == json{"insufficient_funds"});
  const json payments = payments_of(shop.client, id);
  REQUIRE(payments.size() == 1);
  CHECK(payments[0].at("status") == "DECLINED");
  notified(shop.client, id);
  const json statistics = counted(shop.client, "u-3", "ordersDeclined", 1);
  CHECK(statistics.at("ordersPlaced") == 1);
  CHECK(statistics.at("spent") == json::object());
}

TEST_CASE("a slow gateway holds up its own order and no other") {
  Shop shop;
  const std::string slow = place(shop.client, order_of("u-4", 500, "sim-slow-1500")).at("id");
  const std::string quick = place(shop.client, order_of("u-5", 500)).at("id");

  CHECK(settled(shop.client, quick).at("status") == "PROCESSED");
  const json still = get(shop.client, "/v1/orders/" + slow);
  if (!sanitized) CHECK(still.at("status") == "PENDING");
  CHECK(settled(shop.client, slow).at("status") == "PROCESSED");
  CHECK(payments_of(shop.client, slow).size() == 1);
}

TEST_CASE("a gateway that fails at first charges once, and each attempt is on the timeline") {
  Shop shop;
  const std::string id = place(shop.client, order_of("u-6", 500, "sim-fail-2")).at("id");

  CHECK(settled(shop.client, id).at("status") == "PROCESSED");
  const json payments = payments_of(shop.client, id);
  REQUIRE(payments.size() == 1);
  CHECK(payments[0].at("status") == "CAPTURED");
  const json attempts = get(shop.client, "/v1/orders/" + id + "/timeline").at("attempts");
  REQUIRE(attempts.size() == 3);
  CHECK_FALSE(attempts[0].at("error").is_null());
  CHECK_FALSE(attempts[1].at("error").is_null());
}

TEST_CASE("an order that costs nothing is processed") {
  Shop shop;
  const std::string id = place(shop.client, order_of("u-7", 0)).at("id");

  CHECK(settled(shop.client, id).at("status") == "PROCESSED");
  const json statistics = counted(shop.client, "u-7", "ordersProcessed", 1);
  for (const auto& [currency, amount] : statistics.at("spent").items())
    CHECK(amount == 0);
}

TEST_CASE("a module can be left out, and what it would do is not done") {
  TemporaryFolder folder;
  Command command = serve_command(folder.path());
  command.arguments.insert(command.arguments.end(), {"--modules", "orders,billing"});
  Process process(command);
  const auto line =
      process.wait_for_line("listening on http://127.0.0.1:", std::chrono::seconds(60));
  REQUIRE(line);
  HttpClient client(static_cast<std::uint16_t>(std::stoul(line->substr(line->rfind(':') + 1))));

  const std::string id = place(client, order_of("u-8", 100)).at("id");
  CHECK(settled(client, id).at("status") == "PROCESSED");
  CHECK(client.get("/v1/users/u-8/statistics").status == 404);
  process.send(SIGTERM);
  CHECK(process.wait(std::chrono::seconds(60)) == ExitStatus{.code = 0});
}

}  // namespace
}  // namespace orderflow::test
