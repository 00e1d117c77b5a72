#pragma once

#include "core/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace orderflow::telemetry {

/// Which span of which trace, and whether the trace is recorded (W3C Trace Context, level 1).
struct SpanContext {
  std::uint64_t trace_high = 0;
  std::uint64_t trace_low = 0;
  std::uint64_t span = 0;
  bool sampled = false;

  /// Of a `traceparent` that can be continued, of whichever version; nothing of any other text.
  static std::optional<SpanContext> parse(std::string_view traceparent) noexcept;

  /// As a `traceparent` of version 00.
  std::string traceparent() const;
  std::string trace_id() const;  ///< 32 hexadecimal digits
  std::string span_id() const;   ///< 16 hexadecimal digits
};

/// The values are those of OpenTelemetry's protocol.
enum class SpanKind { internal = 1, server = 2, client = 3, producer = 4, consumer = 5 };

/// `name` lives as long as the program.
struct Attribute {
  std::string_view name;
  std::variant<std::string, std::int64_t> value;
};

/// One piece of work of a trace: when, what, and its parent. Names of attributes are those of
/// OpenTelemetry's semantic conventions where it has one; values are never personal.
struct Span {
  SpanContext context;
  std::uint64_t parent = 0;  ///< 0: the first of its trace
  SpanKind kind = SpanKind::internal;
  std::string name;
  core::Timestamp start{};
  core::Timestamp end{};
  std::vector<Attribute> attributes{};
  std::vector<SpanContext> links{};
  std::size_t links_dropped = 0;  ///< beyond what a span may have
  bool failed = false;

  void add(std::string_view attribute, std::string value);
  void add(std::string_view attribute, const char* value);
  void add(std::string_view attribute, std::int64_t value);

  /// `error_type` is one of a small set: a name, never text of a peer. The first one counts.
  void fail(std::string error_type);
};

}  // namespace orderflow::telemetry
