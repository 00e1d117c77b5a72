#include "bridge/message/message_facts.hpp"

#include "bridge/message/headers.hpp"
#include "config/problem.hpp"
#include "core/json_document.hpp"
#include "core/trace_context.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

namespace orderflow::bridge {
namespace {

using nlohmann::json;

constexpr int depth_max = 32;
constexpr int version_max = 1'000'000;
constexpr std::string_view own_source = "/orderflow/";

json parse_body(const std::string& body) {
  auto document = core::parse_json_document(body, depth_max);
  if (document.has_value()) return *std::move(document);
  // The parser quotes what it read last, and no log is to have that.
  const std::string& detail = document.error().detail;
  throw Refused("its body is no JSON: " + detail.substr(0, detail.find("; last read")));
}

std::optional<std::string> text_of(const json& body, const char* name) {
  const auto found = body.find(name);
  if (found == body.end() || found->is_null()) return std::nullopt;
  if (!found->is_string()) throw Refused(std::string("its ") + name + " is not a text");
  return found->get<std::string>();
}

const FieldValue* find(const Fields& headers, std::string_view name) {
  const auto found = std::ranges::find(headers, name, &Fields::value_type::first);
  return found == headers.end() ? nullptr : &found->second;
}

std::optional<std::string> text_of(const Fields& headers, const char* name) {
  const FieldValue* value = find(headers, name);
  if (value == nullptr) return std::nullopt;
  if (const auto* text = std::get_if<std::string>(value)) return *text;
  throw Refused(std::string("its header ") + name + " is not a text");
}

std::optional<int> whole_number(std::string_view text) {
  int number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

int checked_version(std::optional<std::int64_t> version) {
  if (!version || *version < 1 || *version > version_max) {
    throw Refused(std::string("its header ") + header::version + " is not a version, from 1 on");
  }
  return static_cast<int>(*version);
}

std::optional<int> version_of(const Fields& headers) {
  const FieldValue* value = find(headers, header::version);
  if (value == nullptr) return std::nullopt;
  if (const auto* number = std::get_if<std::int64_t>(value)) return checked_version(*number);
  const auto* text = std::get_if<std::string>(value);
  return checked_version(text == nullptr ? std::nullopt : whole_number(*text));
}

/// The version in "…/v1/schemas/<kind>/<version>"; other addresses of schemas have none.
std::optional<int> version_of_schema(const std::string& address, const std::string& kind) {
  const std::string before = "/v1/schemas/" + kind + "/";
  const std::size_t found = address.rfind(before);
  if (found == std::string::npos) return std::nullopt;
  return whole_number(std::string_view(address).substr(found + before.size()));
}

void or_else(std::optional<std::string>& fact, std::optional<std::string> other) {
  if (!fact) fact = std::move(other);
}

std::optional<std::string> unless_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

std::vector<std::string> parts(const std::string& text) {
  std::vector<std::string> found;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t comma = std::min(text.find(',', start), text.size());
    if (comma > start) found.push_back(text.substr(start, comma - start));
    start = comma + 1;
  }
  return found;
}

bool is_json(const std::string& content_type) {
  return content_type.starts_with("application/json") || content_type.ends_with("+json");
}

void read_cloud_event(json& body, const MessageProperties& properties, MessageFacts& facts) {
  const auto version = text_of(body, "specversion");
  if (version != "1.0") {
    throw Refused("it is a CloudEvent of specversion " + config::shown(body["specversion"]) +
                  "; allowed is \"1.0\"");
  }
  if (const auto type = text_of(body, "datacontenttype"); type && !is_json(*type)) {
    throw Refused("its datacontenttype is " + config::shown(*type) + ", not application/json");
  }
  facts.kind = text_of(body, "type").value_or(properties.type);
  facts.id = text_of(body, "id");
  facts.source = text_of(body, "source");
  if (facts.source && facts.source->starts_with(own_source)) {
    facts.origin = facts.source->substr(own_source.size());
  }
  facts.key = text_of(body, "subject");
  facts.home = text_of(body, "home");
  facts.correlation_id = text_of(body, "correlationid");
  facts.causation_id = text_of(body, "causationid");
  facts.traceparent = text_of(body, "traceparent");
  facts.occurred_at = text_of(body, "time");
  if (const auto schema = text_of(body, "dataschema")) {
    if (const auto number = version_of_schema(*schema, facts.kind)) {
      facts.version = checked_version(number);
    }
  }
}

void read_nest(json& body, MessageFacts& facts) {
  if (body.contains("id")) {
    throw Refused(
        "it is a request, for its body has an id: nobody here answers; send the event with emit(), "
        "not send()");
  }
  const json& pattern = body["pattern"];
  if (!pattern.is_string()) throw Refused("its pattern is not a text");
  facts.kind = pattern.get<std::string>();
}

void read_rest(const Message& message, MessageFacts& facts) {
  const Fields& headers = message.headers;
  or_else(facts.id, unless_empty(message.properties.message_id));
  or_else(facts.origin, text_of(headers, header::origin));
  or_else(facts.key, text_of(headers, header::key));
  or_else(facts.home, text_of(headers, header::home));
  or_else(facts.correlation_id, unless_empty(message.properties.correlation_id));
  or_else(facts.causation_id, text_of(headers, header::causation_id));
  // The body names what has published the event, the header what has sent it: the later one.
  if (auto sent_by = text_of(headers, header::traceparent);
      sent_by && core::is_traceparent(*sent_by)) {
    facts.traceparent = std::move(sent_by);
  }
  or_else(facts.occurred_at, text_of(headers, header::occurred_at));
  facts.sent_at_seconds = message.properties.timestamp_seconds;
  facts.app_id = message.properties.app_id;
  facts.wanted_by = text_of(headers, header::redrive).value_or("");
  facts.handled_by = parts(text_of(headers, header::handled_by).value_or(""));
}

}  // namespace

MessageFacts read_facts(const Message& message) {
  json body = parse_body(message.body);
  if (!body.is_object()) throw Refused("its body is not an object");
  MessageFacts facts;
  facts.version = version_of(message.headers).value_or(1);
  if (body.contains("specversion")) {
    read_cloud_event(body, message.properties, facts);
  } else if (body.contains("pattern")) {
    read_nest(body, facts);
  } else {
    throw Refused("its body is neither a CloudEvent nor {\"pattern\": kind, \"data\": payload}");
  }
  const auto data = body.find("data");
  if (data == body.end()) throw Refused("its body has no data");
  facts.data = std::move(*data);
  read_rest(message, facts);
  return facts;
}

std::string key_of(const Message& message) {
  try {
    const MessageFacts facts = read_facts(message);
    if (facts.key) return *facts.key;
    if (!facts.data.is_object()) return {};
    const auto order = facts.data.find("orderId");
    return order != facts.data.end() && order->is_string() ? order->get<std::string>()
                                                           : std::string();
  } catch (const Refused&) {
    return {};
  }
}

}  // namespace orderflow::bridge
