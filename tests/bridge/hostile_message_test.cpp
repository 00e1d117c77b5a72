// Messages that nobody should send, and somebody will: each is refused with a reason, and the
// reason reveals nothing of what was in it.
#include "bridge/message/decoder.hpp"
#include "bridge/message/envelope.hpp"

#include "core/trace_context.hpp"
#include "shop_events.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

namespace orderflow::bridge {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

std::string refusal(const Message& message) {
  Decoder decoder{shop_catalog(), "here", 100'000};
  const auto result = decoder.decode(message, sample_time());
  return result.has_error() ? result.error().reason : "accepted";
}

std::string refusal_of(std::string body) {
  return refusal({.body = std::move(body)});
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

json sample_body(Envelope envelope = Envelope::cloudevents) {
  return json::parse(encode(sample_event(), envelope, "").body);
}

/// The refusal of a sound CloudEvent in which the value at `pointer` is another one.
std::string refusal_with(const char* pointer, json value) {
  json body = sample_body();
  body[json::json_pointer(pointer)] = std::move(value);
  return refusal_of(body.dump());
}

TEST_CASE("bodies that are no JSON are refused without being quoted") {
  CHECK(contains(refusal_of(""), "its body is no JSON"));
  CHECK(contains(refusal_of("card 4242424242424242"), "its body is no JSON"));
  CHECK_FALSE(contains(refusal_of("{\"a\": card4242"), "4242"));
  CHECK(contains(refusal_of("{\"pattern\": \"x\", \"data\": {}} {}"), "its body is no JSON"));
  CHECK(contains(refusal_of(std::string("{\"pattern\0\": 1}", 15)), "its body is no JSON"));
  CHECK(contains(refusal_of("{\"pattern\": \"\xff\xfe\"}"), "its body is no JSON"));
  CHECK(contains(refusal_of("{\"pattern\": \"\xed\xa0\x80\"}"), "its body is no JSON"));
  CHECK(contains(refusal_of("{\"pattern\": 1e999}"), "its body is no JSON"));
  CHECK(contains(refusal_of("{\"data\": NaN}"), "its body is no JSON"));
}

TEST_CASE("nesting and size have bounds") {
  CHECK(contains(refusal_of(std::string(90'000, '[')), "nested deeper than 32 levels"));
  CHECK(contains(refusal_of("{\"pattern\":\"order.created\",\"data\":" + std::string(40, '[') +
                            std::string(40, ']') + "}"),
                 "nested deeper than 32 levels"));
  CHECK(contains(refusal_of(std::string(100'001, ' ')), "has 100001 bytes; allowed are 100000"));
}

TEST_CASE("a name that occurs twice is refused, wherever it occurs") {
  CHECK(contains(refusal_of(R"({"pattern": "order.created", "pattern": "order.processed"})"),
                 "occurs twice"));
  std::string body = sample_body().dump();
  body.replace(body.find("\"userId\""), 0, "\"userId\":\"eve\",");
  CHECK(contains(refusal_of(body), "\"userId\" occurs twice"));
}

TEST_CASE("a body must be one of the two envelopes") {
  CHECK(contains(refusal_of("[]"), "not an object"));
  CHECK(contains(refusal_of("null"), "not an object"));
  CHECK(contains(refusal_of("{}"), "neither a CloudEvent nor"));
  CHECK(
      contains(refusal_of(R"({"pattern": {"cmd": "sum"}, "data": {}})"), "pattern is not a text"));
  CHECK(contains(refusal_of(R"({"pattern": "order.created"})"), "has no data"));
  CHECK(contains(refusal_of(R"({"pattern": "order.created", "data": [], "id": "7"})"),
                 "it is a request"));
  CHECK(contains(refusal_of(R"({"pattern": "order.created", "data": [], "id": null})"),
                 "it is a request"));
  CHECK(contains(refusal_with("/specversion", "0.3"), "specversion \"0.3\""));
  CHECK(contains(refusal_with("/specversion", 1.0), "specversion is not a text"));
  CHECK(contains(refusal_with("/datacontenttype", "text/xml"), "datacontenttype"));
  json without = sample_body();
  without.erase("data");
  without["data_base64"] = "e30=";
  CHECK(contains(refusal_of(without.dump()), "has no data"));
}

TEST_CASE("only kinds and versions that travel are taken") {
  CHECK(contains(refusal_with("/type", "order.shipped"), "nobody here knows the kind"));
  CHECK(contains(refusal_with("/type", ""), "nobody here knows the kind"));
  CHECK(contains(refusal_with("/type", std::string(90'000, 'x')), "nobody here knows the kind"));
  CHECK(contains(refusal_with("/type", "payment.requested"), "never leave a node"));
  CHECK(contains(refusal_with("/dataschema", "/v1/schemas/order.created/2"), "version 2"));
  Message message{.body = sample_body(Envelope::nest).dump()};
  for (const FieldValue& version :
       {FieldValue{std::int64_t{0}}, FieldValue{std::int64_t{-1}}, FieldValue{true},
        FieldValue{std::int64_t{1} << 40}, FieldValue{"one"}, FieldValue{"1 "}, FieldValue{""}}) {
    message.headers = {{"orderflow-version", version}};
    CHECK(contains(refusal(message), "orderflow-version is not a version"));
  }
  message.headers = {{"orderflow-version", std::int64_t{2}}};
  CHECK(contains(refusal(message), "nobody here knows version 2"));
}

TEST_CASE("data must be valid under its schema") {
  CHECK(contains(refusal_with("/data", nullptr), "breaks the schema of order.created v1"));
  CHECK(contains(refusal_with("/data", "text"), "breaks the schema"));
  CHECK(contains(refusal_with("/data/totalAmount", "1400"), "at /totalAmount"));
  CHECK(contains(refusal_with("/data/totalAmount", 1.5), "at /totalAmount"));
  CHECK(contains(refusal_with("/data/items/0/quantity", 0), "at /items/0/quantity"));
  // What a newer node adds is let pass.
  CHECK(refusal_with("/data/surprise", 1) == "accepted");
  CHECK(refusal_with("/data/items/0/surprise", json::object()) == "accepted");
  json body = sample_body();
  body["data"].erase("currency");
  CHECK(contains(refusal_of(body.dump()), "currency"));
}

TEST_CASE("numbers and texts that our tables cannot carry are refused") {
  CHECK(contains(refusal_with("/data/totalAmount", std::uint64_t{1} << 63), "more than 63 bits"));
  CHECK(contains(refusal_with("/data/items/0/price", ~std::uint64_t{0}), "more than 63 bits"));
  std::string body = sample_body().dump();
  const std::string amount = "\"totalAmount\":1400";
  body.replace(body.find(amount), amount.size(), "\"totalAmount\":1" + std::string(40, '0'));
  CHECK(contains(refusal_of(body), "at /totalAmount"));
  CHECK(contains(refusal_with("/data/userId", std::string("a\0b", 3)), "NUL"));
}

TEST_CASE("what names the event must be a name") {
  CHECK(contains(refusal_with("/subject", ""), "has no key"));
  CHECK(contains(refusal_with("/subject", 7), "subject is not a text"));
  CHECK(contains(refusal_with("/subject", "a\nb"), "control characters"));
  CHECK(contains(refusal_with("/subject",
                              "a\xc2\x9b"
                              "b"),
                 "control characters"));
  Message latin{.body = sample_body(Envelope::nest).dump()};
  latin.headers = {{"orderflow-key", std::string("Z\xfcrich")}};
  CHECK(contains(refusal(latin), "is not UTF-8"));
  CHECK(contains(refusal_with("/subject", std::string(201, 'k')), "longer than 200 bytes"));
  CHECK(contains(refusal_with("/subject", "another order"), "is not the order"));
  CHECK(contains(refusal_with("/home", "a.b"), "is not a node's name"));
  CHECK(contains(refusal_with("/home", "#"), "is not a node's name"));
  CHECK(contains(refusal_with("/source", "/orderflow/nowhere"), "is not <node>/<module>"));
  CHECK(contains(refusal_with("/source", "/orderflow/a/b/c"), "is not <node>/<module>"));
  CHECK(contains(refusal_with("/time", "yesterday"), "is not RFC 3339"));
  CHECK(contains(refusal_with("/id", 7), "id is not a text"));
}

TEST_CASE("headers must be of the type that they are") {
  Message message{.body = sample_body(Envelope::nest).dump()};
  for (const char* name :
       {"orderflow-key", "orderflow-origin", "orderflow-home", "orderflow-causation-id",
        "orderflow-occurred-at", "traceparent", "orderflow-handled-by", "orderflow-redrive"}) {
    message.headers = {{name, std::int64_t{1}}};
    CHECK(refusal(message) == "its header " + std::string(name) + " is not a text");
  }
  message.headers = {{"orderflow-occurred-at", "now"}};
  CHECK(contains(refusal(message), "is not RFC 3339"));
}

TEST_CASE("what comes from a clock that is more than a day ahead has the time of its arrival") {
  using namespace std::chrono_literals;
  Decoder decoder{shop_catalog(), "here", 100'000};
  const auto time_of = [&](const Message& message) {
    const auto received = decoder.decode(message, sample_time());
    REQUIRE(received.has_value());
    return received->meta.occurred_at;
  };
  json body = sample_body();
  body["time"] = core::to_rfc3339(sample_time() + 24h);
  CHECK(time_of({.body = body.dump()}) == sample_time() + 24h);
  body["time"] = core::to_rfc3339(sample_time() + 24h + 1s);
  CHECK(time_of({.body = body.dump()}) == sample_time());
  body["time"] = "9999-12-31T23:59:59Z";
  CHECK(time_of({.body = body.dump()}) == sample_time());
  Message message{.body = sample_body(Envelope::nest).dump()};
  message.properties.timestamp_seconds = ~std::uint64_t{0};
  CHECK(time_of(message) == sample_time());
}

TEST_CASE("what only links the event to others is dropped where it is of no use") {
  json body = sample_body();
  body["correlationid"] = "not visible ASCII \n";
  body["causationid"] = "order 7";
  body["traceparent"] = "00-0-0-00";
  Decoder decoder{shop_catalog(), "here", 100'000};
  const auto received = decoder.decode({.body = body.dump()}, sample_time());
  REQUIRE(received.has_value());
  CHECK(received->meta.correlation_id == received->meta.id.value().to_string());
  CHECK_FALSE(received->meta.causation_id);
  CHECK(core::is_traceparent(received->meta.traceparent));
}

TEST_CASE("a trace of a later version continues as version 00") {
  const std::string ids = "-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0";
  json body = sample_body();
  body["traceparent"] = "01" + ids + "3-more";
  Decoder decoder{shop_catalog(), "here", 100'000};
  const auto received = decoder.decode({.body = body.dump()}, sample_time());
  REQUIRE(received.has_value());
  CHECK(received->meta.traceparent == "00" + ids + "1");
}

TEST_CASE("a reason is one short line, whatever the message holds") {
  const std::string reason =
      refusal_of("{\"pattern\": \"x\\n\\u001b[2J" + std::string(50'000, 'y') + "\", \"data\": 1}");
  CHECK(reason.size() < 450);
  CHECK(std::ranges::none_of(reason, [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
}

TEST_CASE("damaged messages are refused or read, and nothing else happens") {
  const char* given = std::getenv("ORDERFLOW_SEED");
  const std::uint64_t seed =
      given == nullptr ? std::random_device()() : std::strtoull(given, nullptr, 10);
  std::printf("ORDERFLOW_SEED=%llu\n", static_cast<unsigned long long>(seed));
  CAPTURE(seed);
  core::SeededRandom random{seed};
  Decoder decoder{shop_catalog(), "here", 100'000};
  int refused = 0;
  for (int i = 0; i < 3000; ++i) {
    Message message =
        encode(sample_event(), i % 2 == 0 ? Envelope::cloudevents : Envelope::nest, "");
    const auto damages = 1 + random.below(4);
    for (std::uint64_t damage = 0; damage < damages; ++damage) {
      const std::size_t at = random.below(message.body.size());
      switch (random.below(3)) {
        case 0:
          message.body[at] = static_cast<char>(random.next());
          break;
        case 1:
          message.body.erase(at, 1 + random.below(20));
          break;
        default:
          message.body.insert(at, message.body.substr(random.below(message.body.size()), 15));
      }
      if (message.body.empty()) message.body = "x";
    }
    const auto result = decoder.decode(message, sample_time());
    if (result.has_error()) {
      ++refused;
      CHECK_FALSE(result.error().reason.empty());
    } else {
      CHECK(result->body.value != nullptr);
    }
  }
  CHECK(refused > 1500);
}

}  // namespace
}  // namespace orderflow::bridge
