// Modules of ours beside a NestJS microservice and a plain AMQP consumer, on a real broker.
#include "acceptance/support/doctor.hpp"
#include "acceptance/support/orders.hpp"
#include "peers.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

const std::string orders_queue = "orderflow.orders";
const std::vector<std::string> other_subscribers{"orderflow.notifications", "orderflow.users",
                                                 "orderflow.webhooks"};

std::vector<std::string> place_many(HttpClient& client, const std::string& user, int count,
                                    const std::string& payment_method = {}) {
  std::vector<std::string> orders;
  for (int n = 0; n < count; ++n)
    orders.push_back(place(client, order_of(user, 700, payment_method)).at("id"));
  return orders;
}

void check_statuses(HttpClient& client, const std::vector<std::string>& orders,
                    const std::string& status) {
  for (const std::string& order : orders) {
    CAPTURE(order);
    CHECK(settled(client, order).at("status") == status);
  }
}

json answer_to(const json& order, const std::string& status = "PROCESSED") {
  return {{"orderId", order.at("id")},
          {"userId", order.at("userId")},
          {"email", order.at("email")},
          {"currency", "EUR"},
          {"amount", 700},
          {"status", status}};
}

/// How often events of the kind stand on an order's timeline.
std::ptrdiff_t count_steps(HttpClient& client, const std::string& order, const std::string& kind) {
  const json steps = steps_of(client, order);
  return std::count_if(steps.begin(), steps.end(),
                       [&](const json& step) { return step.at("kind") == kind; });
}

void wait_for_billed(Process& billing, std::size_t count) {
  wait_until(std::to_string(count) + " answers of the microservice",
             [&] { return lines_of(billing, "billed").size() >= count; });
}

/// How many messages a node has been done with, in this way.
int count_ended(HttpClient& client, const std::string& outcome) {
  const std::string name = "orderflow_bridge_messages_total{outcome=\"" + outcome + "\"} ";
  const std::string metrics = client.get("/metrics").body;
  const std::size_t place = metrics.find(name);
  REQUIRE(place != std::string::npos);
  return std::stoi(metrics.substr(place + name.size()));
}

/// Waits until a node has taken in so many messages and is done with them; it has rejected none.
void check_taken_in(HttpClient& client, int count) {
  wait_until(std::to_string(count) + " messages taken in",
             [&] { return count_ended(client, "taken_in") >= count; });
  CHECK(count_ended(client, "taken_in") == count);
  CHECK(count_ended(client, "rejected") == 0);
}

/// The broker lists quorum queues some seconds late.
void wait_for_messages(Market& market, const std::string& queue, int count) {
  wait_until(std::to_string(count) + " messages in " + queue,
             [&] { return market.count_messages(queue) == count; });
}

TEST_CASE("a NestJS microservice bills the orders of a node, and another node counts them") {
  RabbitmqBroker* broker = shared_broker();
  if (broker == nullptr) return;
  const TemporaryFolder orders_folder;
  const TemporaryFolder others_folder;
  Market market(*broker, "nodes");
  {
    const auto orders = market.open_node(orders_folder.path(), "orders-1", "orders", "nest");
    const auto others =
        market.open_node(others_folder.path(), "others-1", "notifications,users", "cloudevents");
    const auto billing = market.open_billing();
    HttpClient client(orders->port());
    HttpClient counter(others->port());

    const auto paid = place_many(client, "ada", 20);
    const auto declined = place_many(client, "bob", 5, "pm_empty");
    check_statuses(client, paid, "PROCESSED");
    check_statuses(client, declined, "PAYMENT_DECLINED");

    const json statistics = counted(counter, "ada", "ordersProcessed", 20);
    CHECK(statistics.at("ordersPlaced") == 20);
    CHECK(statistics.at("spent") == json{{"EUR", 20 * 700}});
    CHECK(counted(counter, "bob", "ordersDeclined", 5).at("spent") == json::object());
    notified(counter, paid.front(), "sent");

    // It prints a line after the answer has gone.
    wait_for_billed(*billing, 25);
    check_taken_in(client, 25);
    CHECK(lines_of(*billing, "billed").size() == 25);
    check_taken_in(counter, 6 * 25);
  }
  check_sound(orders_folder.path());
  check_sound(others_folder.path());
}

TEST_CASE("two nodes of orders each get the answers of NestJS to their own orders") {
  RabbitmqBroker* broker = shared_broker();
  if (broker == nullptr) return;
  const TemporaryFolder first_folder;
  const TemporaryFolder second_folder;
  Market market(*broker, "homes");
  const std::string modules = "orders,notifications,users";
  const auto first = market.open_node(first_folder.path(), "shop-1", modules, "nest");
  const auto second = market.open_node(second_folder.path(), "shop-2", "orders", "nest");
  const auto billing = market.open_billing({{"BILLING_ASSERTS", "yes"}});
  HttpClient first_client(first->port());
  HttpClient second_client(second->port());
  const auto here = place_many(first_client, "ada", 10);
  const auto there = place_many(second_client, "ada", 10);
  check_statuses(first_client, here, "PROCESSED");
  check_statuses(second_client, there, "PROCESSED");
  counted(first_client, "ada", "ordersProcessed", 20);
  // The first hosts what receives the orders of the second, and all answers.
  check_taken_in(first_client, 10 + 3 * 10 + 3 * 20);
  check_taken_in(second_client, 10);
}

TEST_CASE("an answer of NestJS to a node that does not exist is dead, and nobody receives it") {
  RabbitmqBroker* broker = shared_broker();
  if (broker == nullptr) return;
  const TemporaryFolder folder;
  Market market(*broker, "nowhere");
  const auto node = market.open_node(folder.path(), "shop-1", "orders,notifications,users", "nest");
  HttpClient client(node->port());
  const json order = place(client, order_of("ada", 700));
  market.send(orders_queue, "order.processed", answer_to(order), {}, "shop-9");
  wait_for_messages(market, orders_queue + ".dead", 1);
  CHECK(count_ended(client, "rejected") == 1);
  CHECK(count_ended(client, "taken_in") == 0);

  market.send(orders_queue, "order.processed", answer_to(order), {}, "shop-1");
  CHECK(settled(client, order.at("id")).at("status") == "PROCESSED");
}

TEST_CASE("what NestJS answered and did not acknowledge is answered again, and counts once") {
  RabbitmqBroker* broker = shared_broker();
  if (broker == nullptr) return;
  const TemporaryFolder folder;
  Market market(*broker, "again");
  {
    const auto node =
        market.open_node(folder.path(), "shop-1", "orders,notifications,users", "nest");
    HttpClient client(node->port());
    auto billing = market.open_billing({{"BILLING_ACKNOWLEDGES", "no"}});
    const auto orders = place_many(client, "ada", 10);
    wait_for_billed(*billing, 10);
    check_statuses(client, orders, "PROCESSED");
    counted(client, "ada", "ordersProcessed", 10);
    wait_for_messages(market, billing_queue, 10);

    billing->send(SIGKILL);
    REQUIRE(billing->wait(10s));
    billing = market.open_billing();
    wait_for_billed(*billing, 10);
    for (const std::string& line : lines_of(*billing, "billed"))
      CHECK(line.ends_with(" again"));
    check_taken_in(client, 2 * 4 * 10);
    wait_for_messages(market, billing_queue, 0);
    CHECK(counted(client, "ada", "ordersProcessed", 10).at("spent") == json{{"EUR", 7000}});
    for (const std::string& order : orders)
      CHECK(notified(client, order).size() == 2);
  }
  check_sound(folder.path());
}

TEST_CASE("NestJS sends an answer twice and without headers, and it has one effect") {
  RabbitmqBroker* broker = shared_broker();
  if (broker == nullptr) return;
  const TemporaryFolder folder;
  Market market(*broker, "twice");
  {
    const auto node =
        market.open_node(folder.path(), "shop-1", "orders,notifications,users", "nest");
    HttpClient client(node->port());
    const json order = place(client, order_of("ada", 700));
    for (const std::string& queue : {orders_queue, other_subscribers[0], other_subscribers[1]}) {
      for (int time = 0; time < 2; ++time)
        market.send(queue, "order.processed", answer_to(order));
    }
    CHECK(settled(client, order.at("id")).at("status") == "PROCESSED");
    check_taken_in(client, 2 * 3);
    CHECK(counted(client, "ada", "ordersProcessed", 1).at("spent") == json{{"EUR", 700}});
    CHECK(notified(client, order.at("id")).size() == 2);
    CHECK(count_steps(client, order.at("id"), "order.processed") == 1);
  }
  check_sound(folder.path());
}

TEST_CASE("what NestJS sends wrongly is dead, is logged, and changes nothing") {
  RabbitmqBroker* broker = shared_broker();
  if (broker == nullptr) return;
  const TemporaryFolder folder;
  Market market(*broker, "wrong");
  const auto node = market.open_node(folder.path(), "shop-1", "orders,notifications,users", "nest");
  HttpClient client(node->port());
  const json order = place(client, order_of("ada", 700));
  json wrong = answer_to(order);
  wrong["amount"] = "seven euros";
  market.send(orders_queue, "order.processed", wrong, other_subscribers);
  wait_for_messages(market, orders_queue + ".dead", 1);
  for (const std::string& queue : other_subscribers)
    wait_for_messages(market, queue + ".dead", 1);
  market.send(orders_queue, "order.billed", answer_to(order));
  wait_for_messages(market, orders_queue + ".dead", 2);
  CHECK(get(client, "/v1/orders/" + order.at("id").get<std::string>()).at("status") == "PENDING");

  const std::string log = node->process().errors();
  CHECK(log.find("its data breaks the schema of order.processed v1 at /amount") !=
        std::string::npos);
  CHECK(log.find("nobody here knows the kind \"order.billed\"") != std::string::npos);
  CHECK(log.find("seven euros") == std::string::npos);

  market.send(orders_queue, "order.processed", answer_to(order), other_subscribers);
  CHECK(settled(client, order.at("id")).at("status") == "PROCESSED");
  counted(client, "ada", "ordersProcessed", 1);
}

TEST_CASE("a request to cancel reaches NestJS, too") {
  RabbitmqBroker* broker = shared_broker();
  if (broker == nullptr) return;
  const TemporaryFolder folder;
  Market market(*broker, "cancel");
  const auto node = market.open_node(folder.path(), "shop-1", "orders,notifications,users", "nest");
  HttpClient client(node->port());
  const std::string order = place(client, order_of("ada", 700)).at("id");
  CHECK(client.post("/v1/orders/" + order + "/cancel", json::object()).status == 202);
  const auto billing = market.open_billing();
  REQUIRE(billing->wait_for_line("left " + order, 30s));
  CHECK(settled(client, order).at("status") == "PROCESSED");
  check_taken_in(client, 4);
}

/// The events that the listener has received of each order, by kind: they come from two nodes.
std::map<std::string, std::vector<json>> wait_for_orders(Process& listener, std::size_t count) {
  std::vector<std::string> lines;
  wait_until(std::to_string(count) + " events at the listener", [&] {
    lines = lines_of(listener, "event");
    return lines.size() >= count;
  });
  std::map<std::string, std::vector<json>> events_by_order;
  for (const std::string& line : lines) {
    json received = json::parse(line);
    const std::string subject = received.at("event").at("subject");
    events_by_order[subject].push_back(std::move(received));
  }
  for (auto& [order, events] : events_by_order)
    std::ranges::sort(events, {}, [](const json& received) -> const json& {
      return received.at("event").at("type");
    });
  return events_by_order;
}

void check_received(const json& received, const std::string& kind, const std::string& node) {
  const json& event = received.at("event");
  CHECK(received.at("contentType") == "application/cloudevents+json");
  CHECK(received.at("messageId") == event.at("id"));
  CHECK(event.at("type") == kind);
  CHECK(event.at("home") == node);
  CHECK(event.at("data").at("orderId") == event.at("subject"));
  CHECK(event.at("source").get<std::string>().starts_with("/orderflow/" + node + "/"));
}

TEST_CASE("a plain AMQP consumer receives valid CloudEvents of a node that exports") {
  RabbitmqBroker* broker = shared_broker();
  if (broker == nullptr) return;
  const TemporaryFolder folder;
  Market market(*broker, "export");
  const auto node = market.open_node(folder.path(), "shop-1", "orders,billing,notifications,users",
                                     "cloudevents");
  const auto listener = market.open_listener();
  HttpClient client(node->port());
  const auto orders = place_many(client, "ada", 20);
  check_statuses(client, orders, "PROCESSED");
  const auto events_by_order = wait_for_orders(*listener, 40);
  REQUIRE(events_by_order.size() == 20);
  for (const auto& each : events_by_order) {
    const auto& events = each.second;
    CAPTURE(each.first);
    REQUIRE(events.size() == 2);
    check_received(events[0], "order.created", "shop-1");
    check_received(events[1], "order.processed", "shop-1");
    CHECK(events[0].at("routingKey") == "order.created.v1");
    CHECK(events[1].at("event").at("causationid").is_string());
  }
  CHECK(lines_of(*listener, "refused").empty());
}

TEST_CASE("a plain AMQP consumer receives valid CloudEvents of nodes that share the modules") {
  RabbitmqBroker* broker = shared_broker();
  if (broker == nullptr) return;
  const TemporaryFolder orders_folder;
  const TemporaryFolder billing_folder;
  Market market(*broker, "split");
  const auto orders_node =
      market.open_node(orders_folder.path(), "orders-1", "orders", "cloudevents");
  const auto billing_node =
      market.open_node(billing_folder.path(), "billing-1", "billing", "cloudevents");
  const auto listener = market.open_listener();
  HttpClient client(orders_node->port());
  const auto orders = place_many(client, "ada", 20);
  check_statuses(client, orders, "PROCESSED");
  const auto events_by_order = wait_for_orders(*listener, 40);
  REQUIRE(events_by_order.size() == 20);
  for (const auto& each : events_by_order) {
    const auto& events = each.second;
    CAPTURE(each.first);
    REQUIRE(events.size() == 2);
    check_received(events[0], "order.created", "orders-1");
    CHECK(events[0].at("routingKey") == "order.created.v1.any.orders-1");
    const json& answer = events[1].at("event");
    CHECK(answer.at("type") == "order.processed");
    CHECK(answer.at("source") == "/orderflow/billing-1/billing");
    CHECK(answer.at("home") == "orders-1");
    CHECK(answer.at("subject") == each.first);
  }
  CHECK(lines_of(*listener, "refused").empty());
}

}  // namespace
}  // namespace orderflow::test
