// A payload as it stands in the log, read as an event of every kind and version, and the event
// written as a CloudEvent. The input's first byte chooses the type; the rest of its first line is
// the event's key, and what follows is the payload.
#include "billing/contract/events.hpp"
#include "core/json_document.hpp"
#include "events/log/catalog.hpp"
#include "events/log/cloud_event.hpp"
#include "events/log/payload.hpp"
#include "events/log/schema_check.hpp"
#include "fuzz/finding.hpp"
#include "notifications/contract/events.hpp"
#include "orders/contract/events.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

namespace orderflow::events {
namespace {

using fuzz::require;
using nlohmann::json;

const Catalog& all_events() {
  static const Catalog catalog = [] {
    Catalog made;
    orders::describe_events(made);
    billing::describe_events(made);
    notifications::describe_events(made);
    return made;
  }();
  return catalog;
}

/// The body written again; nothing where it is not an `E`. What was written reads as the same body.
template <class E>
std::optional<json> written_as(const EventBody& body) {
  if (body.type != type_tag<E>()) return std::nullopt;
  const E& event = *static_cast<const E*>(body.value.get());
  const json document = event;
  const std::string text = payload_of(event);
  require(json::parse(text) == document, "what is stored is what the document has", text);
  const EventBody again = all_events().read(E::kind, E::version, text);
  require(again.value != nullptr, "what is written can be read", again.error);
  require(*static_cast<const E*>(again.value.get()) == event, "what is read is what was written");
  return document;
}

template <class... E>
json written_as_one_of(const EventBody& body) {
  std::optional<json> document;
  ((document = document ? document : written_as<E>(body)), ...);
  require(document.has_value(), "this target knows every type");
  return *document;
}

json written(const EventBody& body) {
  return written_as_one_of<orders::OrderCreated, orders::OrderCancelRequested,
                           billing::OrderProcessed, billing::PaymentRequested,
                           billing::PaymentRefundRequested, billing::PaymentRefunded,
                           billing::PaymentRefundAbandoned, billing::PaymentStatementRequested,
                           notifications::NotificationSent, notifications::NotificationFailed>(
      body);
}

/// True where every number is one that the log's types can hold.
bool has_small_numbers(const json& value) {
  if (value.is_structured()) return std::ranges::all_of(value, has_small_numbers);
  return !value.is_number() || (value.is_number_integer() && !value.is_number_unsigned()) ||
         (value.is_number_unsigned() && value.get<std::uint64_t>() <= INT64_MAX);
}

bool is_equivalent(const json& written, const json& document);

/// A member that holds what is meant without it may be left out.
bool is_left_out_rightly(const json& value) {
  return value.is_boolean() || value == 0 || value == "" || value.empty();
}

bool members_are_equivalent(const json& written, const json& document) {
  for (const auto& [name, value] : written.items()) {
    if (!document.contains(name)) return false;
  }
  for (const auto& [name, value] : document.items()) {
    const auto found = written.find(name);
    if (found == written.end() ? !is_left_out_rightly(value) : !is_equivalent(*found, value)) {
      return false;
    }
  }
  return true;
}

/// True where `written` has what `document` has.
bool is_equivalent(const json& written, const json& document) {
  if (written.is_object() && document.is_object()) return members_are_equivalent(written, document);
  if (!written.is_array() || !document.is_array()) return written == document;
  return std::equal(written.begin(), written.end(), document.begin(), document.end(),
                    is_equivalent);
}

/// True where identifiers are as this program writes them, and amounts have a currency. The schemas
/// allow other texts, as other systems may publish these events too: such a name is passed over
/// where it is billing's, and otherwise there is no body.
bool is_named_as_ours(const json& document) {
  for (const char* name : {"paymentId", "paymentRefundId", "notificationId"}) {
    const auto found = document.find(name);
    if (found == document.end()) continue;
    const auto id = core::Uuid::parse(found->get_ref<const std::string&>());
    if (!id || id->to_string() != *found) return false;
  }
  return document.contains("currency") == document.contains("amount") ||
         document.contains("totalAmount");
}

EventMeta meta_of(const EventType& type, std::string key) {
  EventMeta meta;
  meta.seq = Seq{17};
  meta.id = EventId{*core::Uuid::parse("0190bbbb-0000-7000-8000-00000000000b")};
  meta.kind = type.kind;
  meta.version = type.version;
  meta.key = std::move(key);
  meta.origin = "shop-1/" + type.owner;
  meta.home = "shop-1";
  meta.correlation_id = "abc-123";
  meta.causation_id = EventId{*core::Uuid::parse("0190cccc-0000-7000-8000-00000000000c")};
  meta.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  meta.occurred_at = *core::parse_rfc3339("2026-03-01T12:30:00.123456Z");
  return meta;
}

void check_cloud_event(const Event& event, const json& payload) {
  const EventMeta& meta = event.meta();
  const json written = json::parse(cloud_event_text(event));
  require(written.at("id") == meta.id.value().to_string(), "a CloudEvent has the event's id");
  require(written.at("type") == meta.kind, "a CloudEvent has the event's kind");
  require(written.at("source") == "/orderflow/" + meta.origin, "a CloudEvent has the origin");
  require(written.at("subject") == meta.key, "a CloudEvent has the event's key");
  require(written.at("correlationid") == meta.correlation_id, "a CloudEvent has the correlation");
  require(core::parse_rfc3339(written.at("time").get<std::string>()) == meta.occurred_at,
          "a CloudEvent has the event's time");
  require(written.at("data") == payload, "a CloudEvent has the payload as it stands");
  require(written.at("home") == meta.home, "a CloudEvent has the event's home");
}

void check(std::string_view input) {
  static const std::vector<EventType> types = all_events().types();
  if (input.empty()) return;
  const EventType& type = types[static_cast<unsigned char>(input.front()) % types.size()];
  input.remove_prefix(1);
  const std::size_t end = std::min(input.find('\n'), input.size());
  const std::string key(input.substr(0, end));
  const std::string payload(input.substr(std::min(end + 1, input.size())));

  const EventBody body = all_events().read(type.kind, type.version, payload);
  require((body.value == nullptr) == !body.error.empty(), "what cannot be read has a reason");
  const EventBody unknown = all_events().read(type.kind, type.version + 1, payload);
  require(unknown.value == nullptr && !unknown.error.empty(), "an unknown version has a reason");

  // What was checked before it was stored: on arrival, and where an operator has edited it.
  const auto document = core::parse_json_document(payload, 32);
  if (!document) return;
  static std::map<std::string, SchemaCheck> schemas;
  SchemaCheck& schema = schemas.try_emplace(type.kind, type.schema).first->second;
  const auto errors = schema.check(*document);
  for (const auto& error : errors) {
    require(!error.detail.empty(), "an error names what is wrong");
    require(document->contains(json::json_pointer(error.pointer)), "an error names a field",
            error.pointer);
  }
  if (errors.empty() && has_small_numbers(*document) && is_named_as_ours(*document)) {
    require(body.value != nullptr, "what is valid under its schema can be read", body.error);
    require(is_equivalent(written(body), *document),
            "what is valid under its schema is written as it was read", written(body).dump());
  }
  if (body.value == nullptr) return;
  const json again = written(body);
  try {
    static_cast<void>(json(key).dump());
  } catch (const json::type_error&) {
    return;  // no key of ours
  }
  check_cloud_event(Event(meta_of(type, key), payload, body), *document);
}

}  // namespace
}  // namespace orderflow::events

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  orderflow::events::check({reinterpret_cast<const char*>(data), size});
  return 0;
}
