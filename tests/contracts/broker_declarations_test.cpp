// What real nodes declare on a real RabbitMQ is what the contract of the events describes.
#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "contract_client.hpp"
#include "support/rabbitmq_broker.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace orderflow::test {
namespace {

using nlohmann::json;

/// Names and arguments that are not the default ones.
Settings settings_of(const std::string& uri, const std::string& module) {
  return {{"RABBIT_MQ_URI", uri},
          {"RABBIT_MQ_BILLING_QUEUE", "till"},
          {"ORDERFLOW_RABBITMQ_EXCHANGE", "shop"},
          {"ORDERFLOW_RABBITMQ_DEAD_EXCHANGE", "shop.dead"},
          {"ORDERFLOW_RABBITMQ_DELIVERY_LIMIT", "7"},
          {"ORDERFLOW_RABBITMQ_SHARDS", "2"},
          {"ORDERFLOW_NODE_MODULES", module},
          {"ORDERFLOW_NODE_NAME", module + "-1"}};
}

std::string with_node(std::string text, const std::string& node) {
  const std::size_t at = text.find("{node}");
  return at == std::string::npos ? text : text.replace(at, 6, node);
}

/// What a document or a broker has, each as one text.
struct Declared {
  std::set<std::string> exchanges;
  std::set<std::string> queues;
  std::set<std::string> bindings;
};

std::string line_of(std::initializer_list<json> parts) {
  return json(parts).dump();
}

void add_exchange(const json& exchange, Declared& declared) {
  declared.exchanges.insert(line_of({exchange.at("name"), exchange.at("type"),
                                     exchange.at("durable"), exchange.at("autoDelete")}));
}

void add_queue(const json& channel, const std::string& node, Declared& declared) {
  const json& queue = channel.at("bindings").at("amqp").at("queue");
  CHECK(queue.at("name") == channel.at("address"));
  CHECK(queue.at("exclusive") == false);
  const std::string name = with_node(queue.at("name"), node);
  const json& more = channel.at("x-queue");
  declared.queues.insert(
      line_of({name, queue.at("durable"), queue.at("autoDelete"), more.at("arguments")}));
  for (const json& binding : more.at("bindings")) {
    add_exchange(binding.at("exchange"), declared);
    declared.bindings.insert(line_of(
        {binding.at("exchange").at("name"), name, with_node(binding.at("routingKey"), node)}));
  }
}

Declared declared_by(const json& document) {
  Declared declared;
  for (const auto& [id, channel] : document.at("channels").items()) {
    if (!channel.contains("bindings")) continue;
    const json& binding = channel.at("bindings").at("amqp");
    if (binding.at("is") == "routingKey") {
      add_exchange(binding.at("exchange"), declared);
    } else {
      const std::string module = id.substr(6, id.find('.', 6) - 6);  // "queue.<module>…"
      add_queue(channel, module + "-1", declared);
    }
  }
  return declared;
}

/// The broker lists each argument as name, type and value.
json arguments_of(const json& listed) {
  json arguments = json::object();
  for (const json& argument : listed)
    arguments[argument.at(0).get<std::string>()] = argument.at(2);
  return arguments;
}

/// By which nodes agree on names and shards, and notice that a queue was lost: they come and go.
bool is_of_nodes(const std::string& name) {
  for (const char* prefix :
       {"orderflow.node.", "orderflow.seat.", "orderflow.lock.", "orderflow.mark."}) {
    if (name.starts_with(prefix)) return true;
  }
  return false;
}

Declared standing_on(RabbitmqBroker& broker, const std::string& vhost) {
  const auto list = [&](std::vector<std::string> command) {
    command.insert(command.begin() + 1, {"-p", vhost, "--formatter", "json"});
    return json::parse(broker.control(command));
  };
  Declared declared;
  for (const json& one : list({"list_exchanges", "name", "type", "durable", "auto_delete"})) {
    const std::string name = one.at("name");
    if (name.empty() || name.starts_with("amq.") || is_of_nodes(name)) continue;
    declared.exchanges.insert(
        line_of({name, one.at("type"), one.at("durable"), one.at("auto_delete")}));
  }
  for (const json& one : list({"list_queues", "name", "durable", "auto_delete", "arguments"})) {
    if (is_of_nodes(one.at("name"))) continue;
    declared.queues.insert(line_of({one.at("name"), one.at("durable"), one.at("auto_delete"),
                                    arguments_of(one.at("arguments"))}));
  }
  for (const json& one :
       list({"list_bindings", "source_name", "destination_name", "routing_key"})) {
    const std::string source = one.at("source_name");
    // That of every queue to the broker's own, and of marks.
    if (source.empty() || is_of_nodes(source)) continue;
    declared.bindings.insert(
        line_of({one.at("source_name"), one.at("destination_name"), one.at("routing_key")}));
  }
  return declared;
}

TEST_CASE("the broker has the exchanges, queues and bindings that the served document names") {
  RabbitmqBroker* broker = shared_broker();
  if (broker == nullptr) return;
  broker->add_vhost("declared");
  TemporaryFolder folder;
  std::vector<std::unique_ptr<Node>> nodes;
  for (const std::string module : {"orders", "billing", "notifications", "users"}) {
    nodes.push_back(std::make_unique<Node>(folder.path() / module,
                                           settings_of(broker->uri("declared"), module)));
    HttpClient client(nodes.back()->port());
    wait_until(module + " is connected",
               [&] { return get(client, "/readyz").at("status") == "ready"; });
  }
  HttpClient client(nodes.front()->port());
  const Declared documented = declared_by(get(client, "/asyncapi.json"));
  const Declared standing = standing_on(*broker, "declared");
  CHECK(documented.exchanges == standing.exchanges);
  CHECK_MESSAGE(documented.queues == standing.queues, json(documented.queues).dump(1),
                json(standing.queues).dump(1));
  CHECK(documented.bindings == standing.bindings);
  CHECK(documented.exchanges.size() == 2);
  CHECK(documented.queues.size() > 8);
}

TEST_CASE("a node whose broker is away is ready and degraded, as the contract describes it") {
  TemporaryFolder folder;
  Node node(folder.path(), {{"RABBIT_MQ_URI", "amqp://127.0.0.1:1"}});
  ApiContract contract = served_contract(node.port());
  ContractClient client(node.port(), contract);
  wait_until("the bridge has tried",
             [&] { return client.get("/readyz").at("status") == "degraded"; });
  CHECK(client.get("/readyz").at("checks").at("bridge") != "ok");
}

}  // namespace
}  // namespace orderflow::test
