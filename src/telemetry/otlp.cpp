#include "telemetry/otlp.hpp"

#include <nlohmann/json.hpp>

#include <charconv>
#include <utility>

namespace orderflow::telemetry {
namespace {

using nlohmann::json;

constexpr int status_error = 2;

std::string nanos(core::Timestamp time) {
  const auto since_1970 = std::chrono::nanoseconds(time.time_since_epoch());
  return std::to_string(since_1970.count());
}

json value_of(const std::string& text) {
  return {{"stringValue", text}};
}

json value_of(std::int64_t number) {
  return {{"intValue", std::to_string(number)}};
}

json attribute(std::string_view name, json value) {
  return {{"key", name}, {"value", std::move(value)}};
}

/// Bit 0 is the sampled flag of W3C Trace Context.
int flags(const SpanContext& context) noexcept {
  return context.sampled ? 1 : 0;
}

json to_json(const SpanContext& link) {
  return {{"traceId", link.trace_id()}, {"spanId", link.span_id()}, {"flags", flags(link)}};
}

json to_json(const Span& span) {
  json told = {{"traceId", span.context.trace_id()},  {"spanId", span.context.span_id()},
               {"flags", flags(span.context)},        {"name", span.name},
               {"kind", static_cast<int>(span.kind)}, {"startTimeUnixNano", nanos(span.start)},
               {"endTimeUnixNano", nanos(span.end)},  {"attributes", json::array()}};
  if (span.parent != 0) told["parentSpanId"] = SpanContext{.span = span.parent}.span_id();
  for (const Attribute& one : span.attributes) {
    json value = std::visit([](const auto& held) { return value_of(held); }, one.value);
    told["attributes"].push_back(attribute(one.name, std::move(value)));
  }
  for (const SpanContext& link : span.links)
    told["links"].push_back(to_json(link));
  if (span.links_dropped > 0) told["droppedLinksCount"] = span.links_dropped;
  if (span.failed) told["status"] = {{"code", status_error}};
  return told;
}

}  // namespace

std::string otlp_request(const TraceResource& resource, std::span<const Span> spans) {
  json told = json::array();
  for (const Span& span : spans)
    told.push_back(to_json(span));
  json attributes = json::array({attribute("service.name", value_of(resource.service)),
                                 attribute("service.version", value_of(resource.version)),
                                 attribute("service.instance.id", value_of(resource.instance))});
  json scope = {{"name", resource.service}, {"version", resource.version}};
  const json request = {
      {"resourceSpans",
       json::array({{{"resource", {{"attributes", std::move(attributes)}}},
                     {"scopeSpans", json::array({{{"scope", std::move(scope)},
                                                  {"spans", std::move(told)}}})}}})}};
  return request.dump(-1, ' ', false, json::error_handler_t::replace);
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
