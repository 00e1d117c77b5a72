// The AsyncAPI document is compared with the catalog, and with what a node publishes.
#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "acceptance/support/pages.hpp"
#include "api_docs/api_descriptions.hpp"
#include "api_docs/asyncapi_document.hpp"
#include "app/modules.hpp"
#include "config/document.hpp"
#include "events/log/schema_check.hpp"
#include "host/module.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace orderflow::test {
namespace {

using nlohmann::json;

/// How queues are named and declared where nothing is set.
rabbitmq::Settings broker_by_default() {
  config::Document nothing_set{{}};
  return rabbitmq::read_settings(nothing_set.section("rabbitmq"),
                                 {"orders", "billing", "notifications", "webhooks", "users"});
}

json document_of(const events::Catalog& catalog) {
  return json::parse(
      api_docs::asyncapi_document(api_docs::ApiDescriptions(), catalog, broker_by_default())
          .dump());
}

/// What is wrong with a document under the payload schema of a message.
core::FieldErrors faults_of(const json& document, const std::string& message, const json& payload) {
  json schema = document.at("components").at("messages").at(message).at("payload");
  schema["additionalProperties"] = false;
  schema["components"] = {{"schemas", document.at("components").at("schemas")}};
  return events::check_schema(schema.dump(), payload);
}

/// The last name of every reference in a list.
std::set<std::string> names_of(const json& references) {
  std::set<std::string> names;
  for (const json& reference : references) {
    const std::string path = reference.at("$ref");
    names.insert(path.substr(path.rfind('/') + 1));
  }
  return names;
}

/// The channel that an operation goes through.
const json& channel_of(const json& document, const json& operation) {
  const std::string path = operation.at("channel").at("$ref");
  return document.at(json::json_pointer(path.substr(1)));
}

TEST_CASE("every event has a message, whose example is valid") {
  const events::Catalog catalog = host::catalog_of(app::make_modules());
  const json document = document_of(catalog);
  const json& messages = document.at("components").at("messages");
  CHECK(messages.size() == catalog.types().size());
  for (const events::EventType& type : catalog.types()) {
    const std::string name = api_docs::schema_name(type);
    const json& example = messages.at(name).at("examples").at(0);
    for (const auto& error : faults_of(document, name, example.at("payload")))
      FAIL_CHECK(name, error.pointer, ": ", error.detail);
    const json& headers = document.at("components").at("schemas").at("Headers");
    CHECK(events::check_schema(headers.dump(), example.at("headers")).empty());
  }
}

TEST_CASE(
    "the publisher of an event sends it under its kind and version, or keeps it inside the node") {
  const events::Catalog catalog = host::catalog_of(app::make_modules());
  const json document = document_of(catalog);
  for (const events::EventType& type : catalog.types()) {
    const std::string name = api_docs::schema_name(type);
    const json& operation = document.at("operations").at(type.owner + ".says." + name);
    CHECK(operation.at("action") == "send");
    CHECK(names_of(operation.at("messages")) == std::set<std::string>{name});
    const json& channel = channel_of(document, operation);
    if (type.visibility == events::Visibility::internal) {
      CHECK(channel.at("address").is_null());
      CHECK_FALSE(channel.contains("bindings"));
      continue;
    }
    CHECK(channel.at("address") == name);
    const json& binding = channel.at("bindings").at("amqp");
    CHECK(binding.at("exchange").at("name") == "orderflow.events");
    CHECK(binding.at("exchange").at("type") == "topic");
    const json& split = document.at("operations").at(type.owner + ".says." + name + ".split");
    CHECK(channel_of(document, split).at("address") == name + ".{shard}.{home}");
  }
}

TEST_CASE("each subscriber to another module's event has a queue that carries it") {
  const events::Catalog catalog = host::catalog_of(app::make_modules());
  const json document = document_of(catalog);
  REQUIRE_FALSE(catalog.module_subscriptions().empty());
  for (const events::ModuleSubscription& subscription : catalog.module_subscriptions()) {
    const std::string shared = "orderflow." + subscription.module;
    std::set<std::string> addresses;
    if (subscription.distribution != events::Distribution::home_node) addresses.insert(shared);
    if (subscription.distribution != events::Distribution::one_node)
      addresses.insert(shared + ".{node}");
    for (const auto& [name, operation] : document.at("operations").items()) {
      const json& channel = channel_of(document, operation);
      const bool subscribes = operation.at("action") == "receive" &&
                              operation.at("tags")[0]["name"] == subscription.module;
      const bool carries = names_of(operation.at("messages")).contains(subscription.kind + ".v1");
      if (subscribes && carries && channel.at("address").is_string()) {
        CHECK(channel.at("bindings").at("amqp").at("is") == "queue");
        CHECK(channel.at("bindings").at("amqp").at("queue").at("name") == channel.at("address"));
        addresses.erase(channel.at("address").get<std::string>());
      }
    }
    CHECK_MESSAGE(addresses.empty(), subscription.module, " does not subscribe to ",
                  subscription.kind);
  }
}

TEST_CASE("what a node publishes is as the served document describes it") {
  TemporaryFolder folder;
  Node node(folder.path());
  HttpClient client(node.port());
  const json document = get(client, "/asyncapi.json");
  notified(client, place(client, order_of("ada", 700)).at("id"));
  settled(client, place(client, order_of("bob", 700, "sim-decline")).at("id"));
  std::set<std::string> kinds;
  for_each(client, "/v1/events?", "events", 100, [&](const json& event) {
    const std::string kind = event.at("type");
    kinds.insert(kind);
    for (const auto& error : faults_of(document, kind + ".v1", event))
      FAIL_CHECK(kind, error.pointer, ": ", error.detail);
  });
  CHECK(kinds.size() >= 3);
}

}  // namespace
}  // namespace orderflow::test
