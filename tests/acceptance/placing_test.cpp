// Placing an order once whatever the client repeats, waiting for its outcome, and taking it back.
#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "support/raw_client.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <barrier>
#include <chrono>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

TEST_CASE("a hundred clients that send the same order under one key at once place one order") {
  const TemporaryFolder folder;
  Node node(folder.path());
  const json body = order_of("u-1", 700);
  constexpr int clients = 100;
  std::barrier start(clients);
  std::mutex mutex;
  std::vector<HttpResponse> responses;
  std::vector<std::thread> threads;
  for (int i = 0; i < clients; ++i) {
    threads.emplace_back([&] {
      HttpClient client(node.port());
      client.get("/healthz");  // the connection stands before the start
      start.arrive_and_wait();
      auto response = client.post("/v1/orders", body, {{"Idempotency-Key", "once"}});
      const std::lock_guard lock(mutex);
      responses.push_back(std::move(response));
    });
  }
  for (std::thread& thread : threads)
    thread.join();

  int placed = 0;
  std::set<std::string> bodies;
  std::set<std::string> locations;
  for (const HttpResponse& response : responses) {
    CHECK(response.status == 201);
    bodies.insert(response.body);
    locations.insert(response.header("location"));
    if (response.header("idempotent-replayed") != "true") ++placed;
  }
  CHECK(placed == 1);
  CHECK(bodies.size() == 1);
  CHECK(locations.size() == 1);
  HttpClient client(node.port());
  CHECK(get(client, "/v1/orders").at("orders").size() == 1);
  const std::string id = json::parse(*bodies.begin()).at("id");
  settled(client, id);
  CHECK(payments_of(client, id).size() == 1);
}

TEST_CASE("a key is known after a kill, and still refuses another body") {
  const TemporaryFolder folder;
  const json body = order_of("u-1", 700);
  std::string first;
  {
    Node node(folder.path());
    HttpClient client(node.port());
    first = client.post("/v1/orders", body, {{"Idempotency-Key", "once"}}).body;
    node.kill();
  }
  Node node(folder.path());
  HttpClient client(node.port());
  const auto again = client.post("/v1/orders", body, {{"Idempotency-Key", "once"}});
  CHECK(again.status == 201);
  CHECK(again.body == first);
  CHECK(again.header("idempotent-replayed") == "true");
  const auto other = client.post("/v1/orders", order_of("u-1", 1), {{"Idempotency-Key", "once"}});
  CHECK(other.status == 422);
  CHECK(other.json().at("type") == "/problems/idempotency-key-reused");
}

TEST_CASE("a client that prefers to wait gets the outcome in its answer") {
  const TemporaryFolder folder;
  Node node(folder.path());
  HttpClient client(node.port());
  const auto paid = client.post("/v1/orders", order_of("u-1", 700), {{"Prefer", "wait=20"}});
  CHECK(paid.status == 201);
  CHECK(paid.header("preference-applied") == "wait=20");
  CHECK(paid.json().at("status") == "PROCESSED");
  const auto declined =
      client.post("/v1/orders", order_of("u-1", 700, "sim-decline"), {{"Prefer", "wait=20"}});
  CHECK(declined.json().at("status") == "PAYMENT_DECLINED");
  const auto late =
      client.post("/v1/orders", order_of("u-1", 700, "sim-timeout"), {{"Prefer", "wait=1"}});
  CHECK(late.status == 201);
  CHECK(late.json().at("status") == "PENDING");
  CHECK(late.header("preference-applied") == "wait=1");
}

TEST_CASE("an order that is paid is canceled and refunded, and its buyer is notified") {
  const TemporaryFolder folder;
  Node node(folder.path());
  HttpClient client(node.port());
  json body = order_of("u-1", 700);
  body["email"] = "ada@example.com";
  const std::string id = client.post("/v1/orders", body, {{"Prefer", "wait=20"}}).json().at("id");
  const auto canceled = client.post("/v1/orders/" + id + "/cancel", {{"reason", "bought twice"}},
                                    {{"Prefer", "wait=20"}});
  CHECK(canceled.status == 202);
  CHECK(canceled.json().at("status") == "REFUNDED");
  CHECK(payments_of(client, id).at(0).at("status") == "REFUNDED");
  const json statistics = counted(client, "u-1", "ordersRefunded", 1);
  CHECK(statistics.at("spent").at("EUR") == 0);
  wait_until("three mails", [&] { return count_mails(folder.path()) == 3; });
  std::vector<std::string> kinds;
  for (const json& step : steps_of(client, id))
    kinds.push_back(step.at("kind"));
  CHECK(kinds == std::vector<std::string>{"order.created", "payment.requested", "order.processed",
                                          "order.cancel_requested", "payment.refund_requested",
                                          "payment.refunded"});
  const auto refused = client.post("/v1/orders/" + id + "/cancel", json::object());
  CHECK(refused.status == 409);
  CHECK(refused.json().at("detail") == "Order " + id + " is REFUNDED.");
}

TEST_CASE("a node that stops answers those who wait, and is not held up by them") {
  const TemporaryFolder folder;
  Node node(folder.path(), {{"ORDERFLOW_BILLING_CAPTURE_DEADLINE_MS", "1000"},
                            {"ORDERFLOW_NODE_DRAIN_LIMIT_MS", "20000"}});
  RawClient client(node.port());
  const std::string body = order_of("u-1", 700, "sim-timeout").dump();
  client.send(
      "POST /v1/orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Prefer: wait=60\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body);
  HttpClient other(node.port());
  wait_until("the order is there", [&] { return !get(other, "/v1/orders").at("orders").empty(); });
  const auto before = std::chrono::steady_clock::now();
  std::thread stopping([&] { node.stop(); });
  const RawResponse response = client.read_response();
  stopping.join();
  CHECK(response.status == 201);
  CHECK(json::parse(response.body).at("status") == "PENDING");
  CHECK(std::chrono::steady_clock::now() - before < 15s);
}

TEST_CASE("a client that disconnects while it waits harms nobody") {
  const TemporaryFolder folder;
  Node node(folder.path());
  const std::string body = order_of("u-1", 700, "sim-slow-500").dump();
  for (int i = 0; i < 20; ++i) {
    RawClient client(node.port());
    client.send(
        "POST /v1/orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Prefer: wait=60\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  HttpClient client(node.port());
  const auto all_final = [&] {
    const json page = get(client, "/v1/orders?userId=u-1");
    return page.at("orders").size() == 20 &&
           get(client, "/v1/orders?status=PENDING").at("orders").empty();
  };
  wait_until("every order is final", all_final);
  node.stop();
}

}  // namespace
}  // namespace orderflow::test
