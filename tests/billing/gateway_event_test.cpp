#include "gateway_events/gateway_event.hpp"

#include <doctest/doctest.h>

namespace orderflow::billing {
namespace {

using nlohmann::json;

json event_of(const std::string& type, const json& object) {
  return {{"id", "evt_1"}, {"object", "event"}, {"type", type}, {"data", {{"object", object}}}};
}

const json paid_intent = {{"object", "payment_intent"}, {"id", "pi_1"},
                          {"status", "succeeded"},      {"amount", 1999},
                          {"amount_received", 1999},    {"currency", "eur"}};

}  // namespace

TEST_CASE("an event of the gateway is read, and a malformed one never throws") {
  REQUIRE(read_gateway_event(event_of("payment_intent.succeeded", paid_intent)));
  const json whole = event_of("payment_intent.succeeded", paid_intent);
  const std::vector<json> values{json(nullptr),  json(true),    json(7),       json(1.5),
                                 json("a text"), json::array(), json::object()};
  for (const json& value : values) {
    CAPTURE(value.dump());
    CHECK_FALSE(read_gateway_event(value));
    for (const char* pointer : {"/data", "/data/object", "/data/object/id", "/data/object/object",
                                "/data/object/status", "/data/object/amount"}) {
      CAPTURE(pointer);
      json event = whole;
      event[json::json_pointer(pointer)] = value;
      const bool is_amount =
          value.is_number_integer() && pointer == std::string("/data/object/amount");
      const bool is_status = value.is_string() && pointer == std::string("/data/object/status");
      CHECK(read_gateway_event(event).has_value() == (is_amount || is_status));
    }
  }
}

TEST_CASE("an event of an unknown type is ignored") {
  const auto event = read_gateway_event(event_of("customer.created", {{"id", "cus_1"}}));
  REQUIRE(event);
  CHECK_FALSE(event->charge);
}

}  // namespace orderflow::billing
