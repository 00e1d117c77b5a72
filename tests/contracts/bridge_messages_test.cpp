// The messages of the RabbitMQ bridge are as the AsyncAPI document describes them.
#include "api_docs/api_descriptions.hpp"
#include "api_docs/asyncapi_document.hpp"
#include "billing/contract/events.hpp"
#include "bridge/message/envelope.hpp"
#include "events/log/schema_check.hpp"
#include "orders/contract/events.hpp"
#include "rabbitmq/routing.hpp"
#include "support/module_harness.hpp"
#include "support/typed_values.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <variant>

namespace orderflow::test {
namespace {

using nlohmann::json;

/// A module that only knows the events of orders and billing.
class Listener final : public host::Module {
 public:
  std::string_view name() const noexcept override { return "orders"; }
  void configure(const config::Section&) override {}
  void describe(events::Catalog& catalog) const override {
    orders::describe_events(catalog);
    billing::describe_events(catalog);
  }
  void install(host::Host&) override {}
};

json headers_of(const bridge::Message& message) {
  json headers = json::object();
  for (const auto& [name, value] : message.headers)
    std::visit([&, &key = name](const auto& one) { headers[key] = one; }, value);
  return headers;
}

void check(const json& schema, const json& document, const json& value, const char* what) {
  json whole = schema;
  whole["additionalProperties"] = false;
  whole["components"] = {{"schemas", document.at("components").at("schemas")}};
  for (const auto& error : events::check_schema(whole.dump(), value))
    FAIL_CHECK(what, error.pointer, ": ", error.detail);
}

TEST_CASE("what the bridge sends is as the contract of the events describes it") {
  ModuleHarness harness(std::make_unique<Listener>());
  const api_docs::ApiDescriptions descriptions;
  const events::Catalog& catalog = harness.node().catalog();
  rabbitmq::Settings broker;
  broker.exchange = "orderflow.events";
  const json document =
      json::parse(api_docs::asyncapi_document(descriptions, catalog, broker).dump());
  harness.publish(
      "orders", "o-1",
      json(descriptions.event_examples.at({"order.created", 1})).get<orders::OrderCreated>());
  harness.publish("orders", "o-1",
                  orders::OrderCancelRequested{id_of("01900000-0000-7000-8000-000000000001"),
                                               core::UserId{"ada"}, "ordered twice"});
  const events::EventList log = harness.log();
  REQUIRE(log.size() == 2);
  const auto message =
      bridge::encode(*log[0], bridge::Envelope::cloudevents, "orders,notifications");
  const json& described = document.at("components").at("messages").at("order.created.v1");
  check(described.at("payload"), document, json::parse(message.body), "body");
  check(document.at("components").at("schemas").at("Headers"), document, headers_of(message),
        "headers");
  CHECK(described.at("name") == message.properties.type);
  CHECK(document.at("components").at("messageTraits").at("onTheBroker").at("contentType") ==
        message.properties.content_type);

  const json& channels = document.at("channels");
  CHECK(channels.at("order.created.v1").at("address") == rabbitmq::export_key(log[0]->meta()));
  CHECK(json::parse(message.body).at("home") == log[0]->meta().home);
  CHECK(channels.at("order.cancel_requested.v1").at("address") ==
        rabbitmq::export_key(log[1]->meta()));
  std::string split = channels.at("order.created.v1.split").at("address");
  split.replace(split.find("{shard}"), 7, "any");
  split.replace(split.find("{home}"), 6, log[0]->meta().home);
  CHECK(split == rabbitmq::split_key(log[0]->meta()));
}

}  // namespace
}  // namespace orderflow::test
