#include "api_docs/asyncapi_document.hpp"

#include "api_docs/broker_channels.hpp"
#include "api_docs/schema_example.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::api_docs {
namespace {

using events::EventType;
using nlohmann::ordered_json;

class AsyncApiAssembly {
 public:
  AsyncApiAssembly(const ApiDescriptions& descriptions, const events::Catalog& catalog,
                   const rabbitmq::Settings& broker)
      : descriptions_(descriptions),
        broker_(broker),
        types_(catalog.types()),
        document_(descriptions.asyncapi) {
    document_["info"]["version"] = ORDERFLOW_VERSION;
    document_["channels"] = ordered_json::object();
    document_["operations"] = ordered_json::object();
    for (const char* name : {"Id", "Timestamp", "CorrelationId", "SequenceText"})
      schemas()[name] = descriptions.components.at("schemas").at(name);
    for (const EventType& type : types_) {
      add_message(type);
      if (type.visibility == events::Visibility::internal) {
        add_internal(type);
      } else {
        add_published(type);
      }
    }
    for (BrokerChannel& queue : queue_channels(broker, catalog))
      add_queue(queue);
  }

  ordered_json take() && {
    ordered_json whole = {{"asyncapi", "3.0.0"}};
    whole.update(document_);
    return whole;
  }

 private:
  ordered_json& schemas() { return document_["components"]["schemas"]; }

  void add_message(const EventType& type) {
    const std::string name = schema_name(type);
    ordered_json schema = embedded_schema(type);
    const std::string summary = schema.value("description", name);
    schemas()[name] = std::move(schema);
    ordered_json payload = descriptions_.components.at("schemas").at("CloudEvent");
    payload.erase("description");
    ordered_json example = example_of(example_root(), payload);
    example.erase("audience");
    ordered_json& properties = payload["properties"];
    properties["type"] = {{"type", "string"}, {"const", type.kind}};
    properties["dataschema"] = {{"type", "string"}, {"const", href(type)}};
    properties.erase("audience");  // only in the log of the node that received it
    properties["data"] = reference_to("components/schemas/" + name);
    fill(example, type);
    const ordered_json headers = headers_of(example, type);
    document_["components"]["messages"][name] = {
        {"name", type.kind},
        {"title", name},
        {"summary", summary},
        {"tags", ordered_json::array({{{"name", type.owner}}})},
        {"bindings", {{"amqp", {{"messageType", type.kind}, {"bindingVersion", "0.3.0"}}}}},
        {"traits", ordered_json::array({reference_to("components/messageTraits/onTheBroker")})},
        {"payload", std::move(payload)},
        {"examples",
         ordered_json::array({{{"name", name}, {"headers", headers}, {"payload", example}}})}};
  }

  /// Where the references of the description of a CloudEvent lead for an example; its data comes
  /// from the event's own.
  ordered_json example_root() const {
    ordered_json root = {{"components", descriptions_.components}};
    root["components"]["schemas"]["EventData"] = {{"examples", ordered_json::array({nullptr})}};
    return root;
  }

  static std::string href(const EventType& type) {
    return "orderflow:/v1/schemas/" + type.kind + "/" + std::to_string(type.version);
  }

  void fill(ordered_json& example, const EventType& type) const {
    example["source"] = "/orderflow/node-1/" + type.owner;
    example["type"] = type.kind;
    example["dataschema"] = href(type);
    example["data"] = descriptions_.example_of_event(type);
  }

  static ordered_json headers_of(const ordered_json& event, const EventType& type) {
    return {{"orderflow-version", type.version},
            {"orderflow-key", event.at("subject")},
            {"orderflow-origin", "node-1/" + type.owner},
            {"orderflow-home", "node-1"},
            {"orderflow-causation-id", event.at("causationid")},
            {"orderflow-occurred-at", event.at("time")},
            {"traceparent", event.at("traceparent")}};
  }

  ordered_json& channel(const std::string& name, ordered_json made) {
    ordered_json& channels = document_["channels"];
    if (!channels.contains(name)) channels[name] = std::move(made);
    return channels[name];
  }

  static void carry(ordered_json& channel, const EventType& type) {
    const std::string name = schema_name(type);
    channel["messages"][name] = reference_to("components/messages/" + name);
  }

  void add_operation(const std::string& name, const char* action, const std::string& module,
                     const std::string& channel, std::string summary, const char* trait) {
    ordered_json operation = {{"action", action},
                              {"channel", reference_to("channels/" + channel)},
                              {"summary", std::move(summary)},
                              {"tags", ordered_json::array({{{"name", module}}})}};
    if (trait != nullptr) {
      operation["traits"] =
          ordered_json::array({reference_to("components/operationTraits/" + std::string(trait))});
    }
    ordered_json messages = ordered_json::array();
    for (const auto& [message, unused] : document_["channels"][channel]["messages"].items())
      messages.push_back(reference_to("channels/" + channel + "/messages/" + message));
    operation["messages"] = std::move(messages);
    document_["operations"][name] = std::move(operation);
  }

  void add_published(const EventType& type) {
    const std::string name = schema_name(type);
    carry(channel(name, exchange_channel(broker_, name)), type);
    add_operation(type.owner + ".says." + name, "send", type.owner, name,
                  "The " + type.owner + " module publishes " + name + ".", "published");
    const std::string split = name + ".split";
    ordered_json made = exchange_channel(broker_, name + ".{shard}.{home}");
    made["parameters"] = {{"shard", reference_to("components/parameters/shard")},
                          {"home", reference_to("components/parameters/home")}};
    carry(channel(split, std::move(made)), type);
    add_operation(type.owner + ".says." + split, "send", type.owner, split,
                  "The same where modules are spread over nodes.", "published");
  }

  void add_internal(const EventType& type) {
    const std::string name = schema_name(type);
    ordered_json made = {{"address", nullptr},
                         {"description", "Inside a node: it never leaves it."},
                         {"messages", ordered_json::object()}};
    carry(channel(name, std::move(made)), type);
    add_operation(type.owner + ".says." + name, "send", type.owner, name,
                  "The " + type.owner + " module publishes " + name + " for itself.", nullptr);
    add_operation(type.owner + ".hears." + name, "receive", type.owner, name,
                  "The " + type.owner + " module handles " + name + ".", nullptr);
  }

  void add_queue(BrokerChannel& queue) {
    ordered_json& made = channel(queue.id, std::move(queue.description));
    for (const EventType& type : types_) {
      if (std::ranges::find(queue.kinds, type.kind) != queue.kinds.end()) carry(made, type);
    }
    if (!queue.consumed) return;
    add_operation(queue.module + ".hears." + queue.id, "receive", queue.module, queue.id,
                  "What the " + queue.module + " module receives from others.", "consumed");
  }

  const ApiDescriptions& descriptions_;
  const rabbitmq::Settings& broker_;
  const std::vector<EventType> types_;
  ordered_json document_;
};

}  // namespace

ordered_json asyncapi_document(const ApiDescriptions& descriptions, const events::Catalog& catalog,
                               const rabbitmq::Settings& broker) {
  return AsyncApiAssembly(descriptions, catalog, broker).take();
}

}  // namespace orderflow::api_docs
