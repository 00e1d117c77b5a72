#include "telemetry/span.hpp"

#include "core/trace_context.hpp"

#include <charconv>
#include <utility>

namespace orderflow::telemetry {
namespace {

std::uint64_t from_hex(std::string_view digits) noexcept {
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return value;
}

void append_hex(std::string& to, std::uint64_t value) {
  constexpr char digits[] = "0123456789abcdef";
  for (int shift = 60; shift >= 0; shift -= 4)
    to += digits[(value >> shift) & 0x0f];
}

}  // namespace

std::optional<SpanContext> SpanContext::parse(std::string_view traceparent) noexcept {
  if (!core::is_traceparent(traceparent)) return std::nullopt;
  return SpanContext{.trace_high = from_hex(traceparent.substr(3, 16)),
                     .trace_low = from_hex(traceparent.substr(19, 16)),
                     .span = from_hex(traceparent.substr(36, 16)),
                     .sampled = (from_hex(traceparent.substr(53, 2)) & 1) != 0};
}

std::string SpanContext::traceparent() const {
  std::string text;
  text.reserve(55);
  text += "00-";
  append_hex(text, trace_high);
  append_hex(text, trace_low);
  text += '-';
  append_hex(text, span);
  return text += sampled ? "-01" : "-00";
}

std::string SpanContext::trace_id() const {
  std::string text;
  append_hex(text, trace_high);
  append_hex(text, trace_low);
  return text;
}

std::string SpanContext::span_id() const {
  std::string text;
  append_hex(text, span);
  return text;
}

void Span::add(std::string_view attribute, std::string value) {
  attributes.push_back({attribute, std::move(value)});
}

void Span::add(std::string_view attribute, const char* value) {
  attributes.push_back({attribute, std::string(value)});
}

void Span::add(std::string_view attribute, std::int64_t value) {
  attributes.push_back({attribute, value});
}

void Span::fail(std::string error_type) {
  if (failed) return;
  failed = true;
  add("error.type", std::move(error_type));
}

}  // namespace orderflow::telemetry
