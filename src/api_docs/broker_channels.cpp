#include "api_docs/broker_channels.hpp"

#include "rabbitmq/topology.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

namespace orderflow::api_docs {
namespace {

using bridge::QueueUse;
using nlohmann::ordered_json;
using rabbitmq::Binding;
using rabbitmq::Queue;
using rabbitmq::Topology;

/// Stands for the node's name in the queues of a single node.
constexpr std::string_view any_node = "{node}";

ordered_json channel_at(std::string address, ordered_json binding) {
  binding["bindingVersion"] = "0.3.0";
  return {{"address", std::move(address)},
          {"servers", ordered_json::array({reference_to("servers/rabbitmq")})},
          {"messages", ordered_json::object()},
          {"bindings", {{"amqp", std::move(binding)}}}};
}

ordered_json declared_exchange(const std::string& name, const std::string& type) {
  return {{"name", name}, {"type", type}, {"durable", true}, {"autoDelete", false}};
}

ordered_json declared_arguments(const bridge::Fields& fields) {
  ordered_json arguments = ordered_json::object();
  for (const auto& field : fields)
    std::visit([&](const auto& value) { arguments[field.first] = value; }, field.second);
  return arguments;
}

ordered_json declared_bindings(const Topology& topology, const Queue& queue) {
  ordered_json bindings = ordered_json::array();
  for (const Binding& binding : queue.bindings) {
    const auto exchange =
        std::ranges::find(topology.exchanges, binding.exchange, &rabbitmq::Exchange::name);
    bindings.push_back({{"exchange", declared_exchange(exchange->name, exchange->type)},
                        {"routingKey", binding.routing_key}});
  }
  return bindings;
}

const char* described(const Queue& queue, bool gets_answers) {
  if (queue.use == QueueUse::dead) {
    return "What the module's nodes have rejected, and what could not be delivered, until an "
           "operator handles it.";
  }
  if (queue.use == QueueUse::own) {
    return gets_answers ? "A node gets the events that follow from those it has published."
                        : "Every node gets each event, for the one that it concerns.";
  }
  if (queue.bindings.empty()) return "Bound to nothing: for answers that are sent straight to it.";
  return "One node of the module gets each event.";
}

std::vector<std::string> kinds_subscribed_by(const events::Catalog& catalog,
                                             const std::string& module) {
  std::vector<std::string> kinds;
  for (const events::ModuleSubscription& subscription : catalog.module_subscriptions()) {
    if (subscription.module == module) kinds.push_back(subscription.kind);
  }
  return kinds;
}

/// The kinds that a queue is bound to; for a queue that is bound to none, those that the module
/// subscribes to.
std::vector<std::string> kinds_of(const Queue& queue, const events::Catalog& catalog) {
  if (queue.use == QueueUse::dead || queue.bindings.empty())
    return kinds_subscribed_by(catalog, queue.module);
  std::vector<std::string> kinds;
  for (const Binding& binding : queue.bindings)
    kinds.push_back(binding.routing_key.substr(0, binding.routing_key.find(".*.")));
  return kinds;
}

std::string id_of(const Queue& queue, const rabbitmq::Settings& settings) {
  const std::string& shared = settings.queues.at(queue.module);
  std::string suffix = queue.name.substr(shared.size());
  std::erase_if(suffix, [](char c) { return c == '{' || c == '}'; });
  return "queue." + queue.module + suffix;
}

BrokerChannel channel_of(const Topology& topology, const Queue& queue,
                         const rabbitmq::Settings& settings, const events::Catalog& catalog) {
  ordered_json binding = {
      {"is", "queue"},
      {"queue",
       {{"name", queue.name}, {"durable", true}, {"exclusive", false}, {"autoDelete", false}}}};
  ordered_json channel = channel_at(queue.name, std::move(binding));
  const bool gets_answers = std::ranges::all_of(
      queue.bindings, [](const Binding& one) { return one.routing_key.ends_with(any_node); });
  channel["description"] = described(queue, gets_answers);
  if (queue.use == QueueUse::own) {
    channel["parameters"] = {{"node", reference_to("components/parameters/node")}};
  }
  channel["x-queue"] = {{"arguments", declared_arguments(queue.arguments)},
                        {"bindings", declared_bindings(topology, queue)}};
  return {.id = id_of(queue, settings),
          .module = queue.module,
          .kinds = kinds_of(queue, catalog),
          .consumed = queue.consumed,
          .description = std::move(channel)};
}

}  // namespace

ordered_json reference_to(const std::string& path) {
  return {{"$ref", "#/" + path}};
}

ordered_json exchange_channel(const rabbitmq::Settings& settings, std::string address) {
  return channel_at(
      std::move(address),
      {{"is", "routingKey"}, {"exchange", declared_exchange(settings.exchange, "topic")}});
}

std::vector<BrokerChannel> queue_channels(const rabbitmq::Settings& settings,
                                          const events::Catalog& catalog) {
  std::set<std::string> modules;
  for (const auto& [module, queue] : settings.queues)
    modules.insert(module);
  std::vector<BrokerChannel> channels;
  for (const std::string& module : modules) {
    const Topology topology = rabbitmq::plan(
        catalog, {.name = std::string(any_node), .hosted = {module}, .modules = modules}, settings);
    for (const Queue& queue : topology.queues) {
      if (queue.module == module)
        channels.push_back(channel_of(topology, queue, settings, catalog));
    }
  }
  return channels;
}

}  // namespace orderflow::api_docs
