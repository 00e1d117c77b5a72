#include "telemetry/otlp.hpp"

#include "core/json_string.hpp"

#include <nlohmann/json.hpp>

#include <charconv>
#include <chrono>
#include <cstddef>

namespace orderflow::telemetry {
namespace {

using nlohmann::json;

constexpr std::size_t span_bytes_usual = 2'048;

/// Written by hand: a document of many small objects would cost more than all else of a span.
void append_text(std::string& out, std::string_view text) {
  if (core::is_plain_json_string(text)) {
    out.append("\"").append(text).append("\"");
  } else {
    out += json(text).dump(-1, ' ', false, json::error_handler_t::replace);
  }
}

void append_value(std::string& out, const std::string& text) {
  out += R"({"stringValue":)";
  append_text(out, text);
  out += '}';
}

void append_value(std::string& out, std::int64_t number) {
  out.append(R"({"intValue":")").append(std::to_string(number)).append("\"}");
}

void append_attribute(std::string& out, std::string_view name, const auto& value) {
  if (out.back() != '[') out += ',';
  out += R"({"key":)";
  append_text(out, name);
  out += R"(,"value":)";
  append_value(out, value);
  out += '}';
}

void append_time(std::string& out, const char* name, core::Timestamp time) {
  const auto since_1970 = std::chrono::nanoseconds(time.time_since_epoch());
  out.append(",\"").append(name).append("\":\"");
  out.append(std::to_string(since_1970.count())).append("\"");
}

/// The ids, as the first members of an object. Bit 0 of the flags is W3C Trace Context's "sampled".
void append_ids(std::string& out, const SpanContext& context) {
  out.append(R"({"traceId":")").append(context.trace_id());
  out.append(R"(","spanId":")").append(context.span_id());
  out.append(context.sampled ? R"(","flags":1)" : R"(","flags":0)");
}

void append_span(std::string& out, const Span& span) {
  if (out.back() != '[') out += ',';
  append_ids(out, span.context);
  if (span.parent != 0) {
    out.append(R"(,"parentSpanId":")").append(SpanContext{.span = span.parent}.span_id());
    out += '"';
  }
  out += R"(,"name":)";
  append_text(out, span.name);
  out.append(R"(,"kind":)").append(std::to_string(static_cast<int>(span.kind)));
  append_time(out, "startTimeUnixNano", span.start);
  append_time(out, "endTimeUnixNano", span.end);
  out += R"(,"attributes":[)";
  for (const Attribute& one : span.attributes)
    std::visit([&](const auto& value) { append_attribute(out, one.name, value); }, one.value);
  out += ']';
  if (!span.links.empty()) {
    out += R"(,"links":[)";
    for (const SpanContext& link : span.links) {
      if (out.back() != '[') out += ',';
      append_ids(out, link);
      out += '}';
    }
    out += ']';
  }
  if (span.links_dropped > 0)
    out.append(R"(,"droppedLinksCount":)").append(std::to_string(span.links_dropped));
  // 2 is STATUS_CODE_ERROR.
  if (span.failed) out += R"(,"status":{"code":2})";
  out += '}';
}

}  // namespace

std::string otlp_request(const TraceResource& resource, std::span<const Span> spans) {
  std::string out;
  out.reserve((spans.size() + 1) * span_bytes_usual);
  out += R"({"resourceSpans":[{"resource":{"attributes":[)";
  append_attribute(out, "service.name", resource.service);
  append_attribute(out, "service.version", resource.version);
  append_attribute(out, "service.instance.id", resource.instance);
  out += R"(]},"scopeSpans":[{"scope":{"name":)";
  append_text(out, resource.service);
  out += R"(,"version":)";
  append_text(out, resource.version);
  out += R"(},"spans":[)";
  for (const Span& span : spans)
    append_span(out, span);
  return out += "]}]}]}";
}

std::uint64_t rejected_spans(std::string_view answer) {
  const json document = json::parse(answer, nullptr, false);
  if (!document.is_object()) return 0;
  const auto partial = document.find("partialSuccess");
  if (partial == document.end() || !partial->is_object()) return 0;
  const auto rejected = partial->find("rejectedSpans");
  if (rejected == partial->end()) return 0;
  if (rejected->is_number_unsigned()) return rejected->get<std::uint64_t>();
  if (!rejected->is_string()) return 0;
  const std::string& digits = rejected->get_ref<const std::string&>();
  std::uint64_t count = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), count);
  return count;
}

}  // namespace orderflow::telemetry
