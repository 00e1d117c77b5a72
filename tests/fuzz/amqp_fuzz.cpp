// A message of the broker, read as an event, and what this node does with it. The input's first
// byte chooses the queue that it came by; lines "name: value" give its properties and headers (#1
// is a whole number, ?1 a truth value) until an empty line; what follows is the body.
#include "bridge/message/envelope.hpp"
#include "bridge/message/node_name.hpp"
#include "bridge/reception.hpp"
#include "core/trace_context.hpp"
#include "events/log/schema_check.hpp"
#include "fuzz/finding.hpp"
#include "shop_subscriptions.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace orderflow::bridge {
namespace {

using fuzz::require;
using namespace std::chrono_literals;

constexpr std::size_t bytes_max = 4096;

const std::vector<ConsumedQueue>& queues() {
  static const std::vector<ConsumedQueue> all = [] {
    std::vector<ConsumedQueue> made;
    for (const std::string& module : shop_modules) {
      const std::string name = "orderflow." + module;
      made.push_back({.name = name, .module = module, .shared = true});
      made.push_back({.name = name + ".here", .module = module, .shared = false});
    }
    return made;
  }();
  return all;
}

Reception reception_of(std::string node) {
  return {std::move(node), bytes_max, shop_subscriptions()};
}

FieldValue field_value(const std::string& text) {
  if (text.starts_with('?')) return text == "?1";
  if (!text.starts_with('#')) return text;
  std::int64_t number = 0;
  std::from_chars(text.data() + 1, text.data() + text.size(), number);
  return number;
}

void add(Message& message, const std::string& name, const std::string& value) {
  MessageProperties& properties = message.properties;
  if (name == "message-id") {
    properties.message_id = value;
  } else if (name == "type") {
    properties.type = value;
  } else if (name == "correlation-id") {
    properties.correlation_id = value;
  } else if (name == "app-id") {
    properties.app_id = value;
  } else if (name == "content-type") {
    properties.content_type = value;
  } else if (name == "timestamp") {
    std::uint64_t seconds = 0;
    std::from_chars(value.data(), value.data() + value.size(), seconds);
    properties.timestamp_seconds = seconds;
  } else {
    message.headers.emplace_back(name, field_value(value));
  }
}

Message message_of(std::string_view input) {
  Message message;
  while (!input.empty()) {
    const std::size_t end = std::min(input.find('\n'), input.size());
    const std::string line(input.substr(0, end));
    input.remove_prefix(std::min(end + 1, input.size()));
    if (line.empty()) break;
    const std::size_t colon = std::min(line.find(": "), line.size());
    add(message, line.substr(0, colon), line.substr(std::min(colon + 2, line.size())));
  }
  message.body = input;
  return message;
}

bool is_utf8(const std::string& text) {
  try {
    static_cast<void>(nlohmann::json(text).dump());
    return true;
  } catch (const nlohmann::json::type_error&) {
    return false;
  }
}

void check_reason(const std::string& reason) {
  require(!reason.empty(), "a refusal has a reason");
  require(reason.size() <= 403, "a reason is short", reason);
  require(is_utf8(reason), "a reason can be shown", reason);
  require(std::ranges::none_of(reason, [](unsigned char c) { return c < 0x20 || c == 0x7f; }),
          "a reason is one line", reason);
}

bool same(const events::EventMeta& one, const events::EventMeta& other) {
  return one.id == other.id && one.kind == other.kind && one.version == other.version &&
         one.key == other.key && one.origin == other.origin && one.home == other.home &&
         one.correlation_id == other.correlation_id && one.causation_id == other.causation_id &&
         one.traceparent == other.traceparent && one.occurred_at == other.occurred_at;
}

void check_meta(const events::EventMeta& meta) {
  const events::EventType* type = shop_subscriptions().find(meta.kind, meta.version);
  require(type != nullptr && type->visibility == events::Visibility::published,
          "only what travels is taken in", meta.kind);
  require(!meta.key.empty() && meta.key.size() <= 200 && is_utf8(meta.key), "a key is one",
          meta.key);
  require(is_node_name(meta.home), "a home is a node", meta.home);
  const std::size_t slash = meta.origin.find('/');
  require(slash != std::string::npos && is_node_name(meta.origin.substr(0, slash)) &&
              is_node_name(meta.origin.substr(slash + 1)),
          "an origin is a node and a module", meta.origin);
  require(core::is_visible_ascii(meta.correlation_id, 128), "a correlation id is one");
  require(core::is_traceparent(meta.traceparent), "a trace is one");
  require(meta.occurred_at <= sample_time() + 24h && meta.occurred_at >= core::Timestamp{},
          "a time is between 1970 and tomorrow");
}

/// What was read, sent to others in either envelope, is read as the same.
void check_retold(const events::EventMeta& meta, const std::string& payload,
                  const events::EventBody& body) {
  const events::Event event(meta, payload, body);
  // An envelope has some bytes of its own.
  Decoder decoder(shop_subscriptions(), "here", 4 * bytes_max);
  for (const Envelope envelope : {Envelope::cloudevents, Envelope::nest}) {
    const Message message = encode(event, envelope, "");
    const auto again = decoder.decode(message, sample_time());
    require(again.has_value(), "what was read can be sent",
            again ? std::string_view() : std::string_view(again.error().reason));
    require(same(again->meta, meta), "what is sent has the same meta", message.body);
    require(again->payload == payload, "what is sent has the same payload", message.body);
  }
}

void check_taken(const Receive& taken, const ConsumedQueue& queue) {
  const events::ReceivedEvent& event = taken.event;
  check_meta(event.meta);
  require(event.meta.audience == queue.module, "an arrival is for the queue's module");
  require(event.body.value != nullptr, "an arrival can be read", event.body.error);
  require(!event.meta.origin.starts_with("here/"), "what this node has published does not come in");
  check_retold(event.meta, event.payload, event.body);
}

void check_passed(const PassOn& passed, const ConsumedQueue& queue, const Message& came) {
  const auto& [home, message] = passed;
  require(message.body == came.body && message.headers == came.headers,
          "a message is passed on as it came");
  require(!message.properties.message_id.empty(), "what is passed on has an id");
  require(is_node_name(home) && home != "here", "it goes to another node", home);

  Reception other = reception_of(home);
  const ConsumedQueue own{
      .name = "orderflow." + queue.module + "." + home, .module = queue.module, .shared = false};
  const Decision there = other.decide(own, message, sample_time());
  require(std::holds_alternative<Receive>(there) || std::holds_alternative<Skip>(there),
          "what is passed on is read where it goes",
          std::holds_alternative<Reject>(there) ? std::get<Reject>(there).reason : "passed on");
}

void check(std::string_view input) {
  static Reception reception = reception_of("here");
  static Decoder decoder(shop_subscriptions(), "here", bytes_max);
  if (input.empty()) return;
  const ConsumedQueue& queue =
      queues()[static_cast<unsigned char>(input.front()) % queues().size()];
  const Message message = message_of(input.substr(1));

  const auto read = decoder.decode(message, sample_time());
  const auto later = decoder.decode(message, sample_time() + 1h);
  if (read) {
    check_meta(read->meta);
    require(later && later->meta.id == read->meta.id, "a message is the same event at any time");
  } else {
    check_reason(read.error().reason);
  }

  const Decision decision = reception.decide(queue, message, sample_time());
  if (const auto* rejected = std::get_if<Reject>(&decision)) {
    check_reason(rejected->reason);
  } else {
    require(read.has_value(), "what cannot be read is rejected");
  }
  if (const auto* taken = std::get_if<Receive>(&decision)) check_taken(*taken, queue);
  if (const auto* passed = std::get_if<PassOn>(&decision)) check_passed(*passed, queue, message);
}

}  // namespace
}  // namespace orderflow::bridge

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  orderflow::bridge::check({reinterpret_cast<const char*>(data), size});
  return 0;
}
