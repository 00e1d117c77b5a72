#include "bridge/message/envelope.hpp"

#include "bridge/message/decoder.hpp"
#include "bridge/message/message_facts.hpp"
#include "core/trace_context.hpp"
#include "shop_events.hpp"
#include "support/typed_values.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <random>

namespace orderflow::bridge {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr std::size_t bytes_max = 1 << 20;

Decoder decoder() {
  return {shop_catalog(), "here", bytes_max};
}

DecodedEvent accepted(const Message& message, core::Timestamp now = sample_time()) {
  auto result = decoder().decode(message, now);
  if (result.has_error()) FAIL("refused: " << result.error().reason);
  return *std::move(result);
}

const FieldValue* header_of(const Message& message, std::string_view name) {
  for (const auto& [key, value] : message.headers) {
    if (key == name) return &value;
  }
  return nullptr;
}

void check_same(const events::EventMeta& got, const events::EventMeta& sent) {
  CHECK(got.id == sent.id);
  CHECK(got.kind == sent.kind);
  CHECK(got.version == sent.version);
  CHECK(got.key == sent.key);
  CHECK(got.origin == sent.origin);
  CHECK(got.home == sent.home);
  CHECK(got.correlation_id == sent.correlation_id);
  CHECK(got.causation_id == sent.causation_id);
  CHECK(got.traceparent == sent.traceparent);
  CHECK(got.occurred_at == sent.occurred_at);
}

json nest_answer() {
  const billing::OrderProcessed answer{.order_id = test::id_of(sample_order),
                                       .buyer = {.user_id = core::UserId{"ada"}, .email = ""},
                                       .amount = test::money(1400),
                                       .status = billing::OrderResult::processed,
                                       .reasons = {},
                                       .payment_id = {}};
  return {{"pattern", "order.processed"}, {"data", answer}};
}

TEST_CASE("an event comes back as it was, in either envelope") {
  const events::Event event = sample_event();
  for (const Envelope envelope : {Envelope::cloudevents, Envelope::nest}) {
    const DecodedEvent received = accepted(encode(event, envelope, "users,billing"));
    check_same(received.meta, event.meta());
    CHECK(json::parse(received.payload) == json::parse(event.payload()));
    REQUIRE(received.body.type == events::type_tag<orders::OrderCreated>());
    CHECK(*static_cast<const orders::OrderCreated*>(received.body.value.get()) ==
          event.as<orders::OrderCreated>());
    CHECK(received.handled_by == std::vector<std::string>{"users", "billing"});
  }
}

TEST_CASE("a message describes its event in its properties and headers") {
  const Message message = encode(sample_event(), Envelope::cloudevents, "billing");
  CHECK(message.properties.message_id == "0190bbbb-0000-7000-8000-00000000000b");
  CHECK(message.properties.type == "order.created");
  CHECK(message.properties.correlation_id == "abc-123");
  CHECK(message.properties.app_id == "orderflow");
  CHECK(message.properties.content_type == "application/cloudevents+json");
  CHECK(message.properties.timestamp_seconds == 1'772'368'200);
  CHECK(message.properties.persistent);
  CHECK(*header_of(message, "orderflow-version") == FieldValue{std::int64_t{1}});
  CHECK(*header_of(message, "orderflow-key") == FieldValue{sample_order});
  CHECK(*header_of(message, "orderflow-origin") == FieldValue{"shop-1/orders"});
  CHECK(*header_of(message, "orderflow-home") == FieldValue{"shop-1"});
  CHECK(*header_of(message, "orderflow-handled-by") == FieldValue{"billing"});
  CHECK(*header_of(message, "orderflow-causation-id") ==
        FieldValue{"0190cccc-0000-7000-8000-00000000000c"});
  CHECK(*header_of(message, "orderflow-occurred-at") == FieldValue{"2026-03-01T12:30:00.123456Z"});
  CHECK(*header_of(message, "traceparent") == FieldValue{sample_meta("x").traceparent});
}

TEST_CASE("a CloudEvent has its home, and needs no header to be read") {
  Message message = encode(sample_event(), Envelope::cloudevents, "");
  const json body = json::parse(message.body);
  CHECK(body["specversion"] == "1.0");
  CHECK(body["type"] == "order.created");
  CHECK(body["home"] == "shop-1");
  CHECK(body["dataschema"] == "orderflow:/v1/schemas/order.created/1");
  CHECK(header_of(message, "orderflow-handled-by") == nullptr);
  message.headers.clear();
  message.properties = {};
  check_same(accepted(message).meta, sample_meta("order.created"));
}

TEST_CASE("what is sent once more is marked, in either envelope, and is the same event") {
  for (const Envelope envelope : {Envelope::cloudevents, Envelope::nest}) {
    Message message = encode(sample_event(), envelope, "");
    CHECK(accepted(message).wanted_by.empty());
    CHECK_FALSE(accepted(message).meta.redriven);
    mark_redriven(message, "users");
    CHECK(accepted(message).wanted_by == "users");
    CHECK(accepted(message).meta.redriven);
    check_same(accepted(message).meta, sample_meta("order.created"));
  }
}

TEST_CASE(
    "a CloudEvent without a home begins a chain where it was published, or continues one here") {
  Message message = encode(sample_event(), Envelope::cloudevents, "");
  json body = json::parse(message.body);
  body.erase("home");
  message.headers.clear();
  message.body = body.dump();
  CHECK(accepted(message).meta.home == "here");
  body.erase("causationid");
  message.body = body.dump();
  CHECK(accepted(message).meta.home == "shop-1");
}

TEST_CASE("a NestJS body holds nothing at its top but pattern and data") {
  const Message message = encode(sample_event(), Envelope::nest, "");
  const json body = json::parse(message.body);
  CHECK(body.size() == 2);
  CHECK(body["pattern"] == "order.created");
  CHECK(body["data"]["orderId"] == sample_order);
  CHECK(message.properties.content_type == "application/json");
}

TEST_CASE("a bare NestJS event is taken for one of this node") {
  const Message message{.body = nest_answer().dump()};
  const DecodedEvent received = accepted(message, sample_time());
  CHECK(received.meta.kind == "order.processed");
  CHECK(received.meta.version == 1);
  CHECK(received.meta.key == sample_order);
  CHECK(received.meta.home == "here");
  CHECK(received.meta.origin == "external/billing");
  CHECK(received.meta.occurred_at == sample_time());
  CHECK(received.meta.correlation_id == received.meta.id.value().to_string());
  CHECK_FALSE(received.meta.causation_id);
  CHECK(core::is_traceparent(received.meta.traceparent));
  CHECK(received.handled_by.empty());
}

TEST_CASE("a message without an id has the same one whenever it comes, and another body another") {
  Message message{.body = nest_answer().dump()};
  const auto first = accepted(message).meta;
  message.properties.timestamp_seconds = 1'772'368'000;
  const auto again = accepted(message, sample_time() + 1h).meta;
  CHECK(again.id == first.id);
  CHECK(again.traceparent == first.traceparent);
  json other = nest_answer();
  other["data"]["userId"] = "bob";
  CHECK(accepted({.body = other.dump()}).meta.id != first.id);
}

TEST_CASE("what the body lacks is taken from properties and headers") {
  Message message{.body = nest_answer().dump()};
  message.properties = {.message_id = "0190bbbb-0000-7000-8000-0000000000ff",
                        .correlation_id = "c-1",
                        .app_id = "payer",
                        .timestamp_seconds = 1'772'368'000};
  message.headers = {{"orderflow-home", "shop-2"}, {"orderflow-version", "1"}};
  const auto meta = accepted(message).meta;
  CHECK(meta.id.value().to_string() == "0190bbbb-0000-7000-8000-0000000000ff");
  CHECK(meta.correlation_id == "c-1");
  CHECK(meta.origin == "payer/billing");
  CHECK(meta.home == "shop-2");
  CHECK(core::to_rfc3339(meta.occurred_at) == "2026-03-01T12:26:40.000000Z");
}

TEST_CASE("the body takes precedence over properties and headers") {
  Message message = encode(sample_event(), Envelope::cloudevents, "");
  message.properties.message_id = "0190bbbb-0000-7000-8000-0000000000ff";
  message.headers = {{"orderflow-home", "elsewhere"}, {"orderflow-key", "other"}};
  check_same(accepted(message).meta, sample_meta("order.created"));
}

TEST_CASE("somebody else's CloudEvent is identified by source and id") {
  json body = {{"specversion", "1.0"},
               {"type", "order.processed"},
               {"source", "https://pay.example"},
               {"id", "A-1"},
               {"time", "2026-03-01T13:30:00+01:00"},
               {"data", nest_answer()["data"]}};
  const auto meta = accepted({.body = body.dump()}).meta;
  CHECK(meta.origin == "external/billing");
  CHECK(core::to_rfc3339(meta.occurred_at) == "2026-03-01T12:30:00.000000Z");
  CHECK(accepted({.body = body.dump(2)}).meta.id == meta.id);
  body["source"] = "https://other.example";
  CHECK(accepted({.body = body.dump()}).meta.id != meta.id);
}

TEST_CASE("an application does not pass for the node that receives it") {
  Message message{.body = nest_answer().dump()};
  message.properties.app_id = "here";
  CHECK(accepted(message).meta.origin == "external/billing");
}

std::string random_text(core::Random& random, std::size_t longest) {
  static const std::vector<std::string> pieces{
      "a",  "Z", "0",   " ", "\"", "\\", "/", "{", ":", "é", "\xE2\x82\xAC", "\xF0\x9F\x8D\xB5",
      "\n", "<", "\x7f"};
  std::string text;
  const std::size_t length = 1 + random.below(longest);
  for (std::size_t i = 0; i < length; ++i)
    text += pieces[random.below(pieces.size())];
  return text;
}

events::Event random_event(core::Random& random) {
  const auto uuid = [&] {
    std::array<std::uint8_t, 10> tail{};
    for (auto& byte : tail)
      byte = static_cast<std::uint8_t>(random.next());
    return core::make_uuid_v7(random.below(1'700'000'000'000), tail);
  };
  auto meta = sample_meta("order.created");
  meta.id = events::EventId{uuid()};
  meta.key = uuid().to_string();
  meta.home = "node-" + std::to_string(random.below(1000));
  meta.occurred_at =
      core::from_micros(static_cast<std::int64_t>(random.below(1'772'368'200'000'000)));
  if (random.below(2) == 0) meta.causation_id.reset();
  orders::OrderCreated order{
      .order_id = test::id_of(meta.key),
      .order = {.user_id = core::UserId{random_text(random, 60)},
                .email = random.below(2) == 0 ? "" : "x" + random_text(random, 50) + "y",
                .total = test::money(static_cast<std::int64_t>(random.next() >> 1)),
                .payment_method = "",
                .items = {}}};
  const std::size_t lines = 1 + random.below(100);
  for (std::size_t i = 0; i < lines; ++i) {
    order.order.items.push_back({.product_id = random_text(random, 60),
                                 .name = random.below(2) == 0 ? "" : random_text(random, 100),
                                 .quantity = static_cast<std::int64_t>(1 + random.below(10'000)),
                                 .price = static_cast<std::int64_t>(random.next() >> 1)});
  }
  return event_of(std::move(meta), order);
}

TEST_CASE("whatever an event holds comes back") {
  const char* given = std::getenv("ORDERFLOW_SEED");
  const std::uint64_t seed =
      given == nullptr ? std::random_device()() : std::strtoull(given, nullptr, 10);
  std::printf("ORDERFLOW_SEED=%llu\n", static_cast<unsigned long long>(seed));
  CAPTURE(seed);
  core::SeededRandom random{seed};
  Decoder decoder{shop_catalog(), "here", bytes_max};
  for (int i = 0; i < 300; ++i) {
    const events::Event event = random_event(random);
    const auto envelope = i % 2 == 0 ? Envelope::cloudevents : Envelope::nest;
    const auto received = decoder.decode(encode(event, envelope, ""), sample_time());
    REQUIRE_MESSAGE(received.has_value(), received.error().reason);
    check_same(received->meta, event.meta());
    REQUIRE(*static_cast<const orders::OrderCreated*>(received->body.value.get()) ==
            event.as<orders::OrderCreated>());
  }
}

TEST_CASE("the key of a message is told from its body or its header") {
  CHECK(key_of(encode(sample_event(), Envelope::cloudevents, "")) == sample_order);
  CHECK(key_of(encode(sample_event(), Envelope::nest, "")) == sample_order);
  CHECK(key_of({.body = R"({"pattern": "x", "data": {"orderId": "7"}})"}) == "7");
  CHECK(key_of({.body = "no message"}).empty());
}

}  // namespace
}  // namespace orderflow::bridge
