// What a node does about its own end: killed, stopped, or started twice.
#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace orderflow::test {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

TEST_CASE("a node that is killed while it charges resumes at once when it is back") {
  TemporaryFolder folder;
  std::string id;
  {
    Node node(folder.path());
    HttpClient client(node.port());
    id = place(client, order_of("u-1", 700, "sim-slow-1000")).at("id");
    wait_until("the payment is requested", [&] { return payments_of(client, id).size() == 1; });
    node.kill();
  }
  Node node(folder.path());
  HttpClient client(node.port());
  CHECK(settled(client, id).at("status") == "PROCESSED");
  const json payments = payments_of(client, id);
  REQUIRE(payments.size() == 1);
  CHECK(payments[0].at("status") == "CAPTURED");
  notified(client, id);
  CHECK(counted(client, "u-1", "ordersProcessed", 1).at("spent") == json{{"EUR", 700}});
  CHECK(steps_of(client, id).size() == 3);
}

TEST_CASE("a node that is stopped ends with code 0 and leaves the rest to its next start") {
  TemporaryFolder folder;
  std::string id;
  {
    Node node(folder.path(), {{"ORDERFLOW_NODE_DRAIN_LIMIT_MS", "200"}});
    HttpClient client(node.port());
    id = place(client, order_of("u-1", 700, "sim-slow-3000")).at("id");
    wait_until("the payment is requested", [&] { return payments_of(client, id).size() == 1; });
    node.stop();
  }
  Node node(folder.path());
  HttpClient client(node.port());
  CHECK(settled(client, id).at("status") == "PROCESSED");
  CHECK(payments_of(client, id).size() == 1);
  CHECK(get(client, "/v1/orders/" + id + "/timeline").at("attempts").empty());
}

TEST_CASE("a node that is asked to stop is not ready and takes requests for a time") {
  TemporaryFolder folder;
  Node node(folder.path(), {{"ORDERFLOW_HTTP_LAME_DUCK_MS", "600000"}});
  HttpClient client(node.port());
  CHECK(client.get("/readyz").status == 200);
  node.process().send(SIGTERM);
  wait_until("the node is not ready", [&] { return client.get("/readyz").status == 503; });
  const auto answer = client.post("/v1/orders", order_of("u-1", 700));
  CHECK(answer.status == 201);
  CHECK(answer.header("connection") == "close");
  settled(client, answer.json().at("id"));
  node.kill();
}

TEST_CASE("everything that was answered is there after a restart") {
  TemporaryFolder folder;
  json order;
  json statistics;
  {
    Node node(folder.path());
    HttpClient client(node.port());
    const std::string id = place(client, order_of("u-1", 700)).at("id");
    order = settled(client, id);
    notified(client, id);
    statistics = counted(client, "u-1", "ordersProcessed", 1);
    node.stop();
  }
  Node node(folder.path());
  HttpClient client(node.port());
  CHECK(get(client, "/v1/orders/" + order.at("id").get<std::string>()) == order);
  CHECK(counted(client, "u-1", "ordersProcessed", 1) == statistics);
  CHECK(count_mails(folder.path()) == 2);
}

TEST_CASE("a second node on the same data is refused, with the process that holds it") {
  TemporaryFolder folder;
  Node node(folder.path());
  HttpClient client(node.port());
  {
    Process second(serve_command(folder.path()));
    const auto exit = second.wait(60s);
    REQUIRE(exit);
    CHECK(exit->code > 0);
    INFO(second.errors());
    CHECK(second.errors().find("process " + std::to_string(node.process().pid())) !=
          std::string::npos);
    CHECK(second.errors().find(folder.path().string()) != std::string::npos);
  }
  CHECK(settled(client, place(client, order_of("u-1", 100)).at("id")).at("status") == "PROCESSED");
}

TEST_CASE("a port that is taken is refused by its number") {
  TemporaryFolder folder;
  Node node(folder.path() / "first");
  Command command = serve_command(folder.path() / "second");
  command.arguments.insert(command.arguments.end(), {"--port", std::to_string(node.port())});
  const auto port_zero = std::find(command.arguments.begin(), command.arguments.end(), "--port");
  command.arguments.erase(port_zero, port_zero + 2);
  Process second(command);
  const auto exit = second.wait(60s);
  REQUIRE(exit);
  CHECK(exit->code > 0);
  CHECK(second.errors().find(std::to_string(node.port())) != std::string::npos);
}

}  // namespace
}  // namespace orderflow::test
