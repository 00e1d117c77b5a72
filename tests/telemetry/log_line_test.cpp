#include "telemetry/log_line.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace orderflow::telemetry {
namespace {

/// The parts of a line with bars between.
std::string parts_of(std::string_view line) {
  const LogLine parts = parse_log_line(line);
  std::string text(parts.message);
  for (const auto& [name, value] : parts.fields)
    text.append("|").append(name).append("|").append(value);
  return text;
}

TEST_CASE("a line of the log is taken apart into its message and its fields") {
  CHECK(parts_of("") == "");
  CHECK(parts_of("connected") == "connected");
  CHECK(parts_of("request refused status=431 reason=header too large") ==
        "request refused|status|431|reason|header too large");
  CHECK(parts_of("kept error=\"a b\" order.id=7 at=") == "kept|error|a b|order.id|7|at|");
  CHECK(parts_of("empty text=\"\" n=1") == "empty|text||n|1");
}

TEST_CASE("a value in quotes may have what looks like a field, and quotes") {
  CHECK(parts_of("failed error=\"bad mode=x here\" n=2") == "failed|error|bad mode=x here|n|2");
  CHECK(parts_of("failed error=\"no \"such\" thing\"") == "failed|error|no \"such\" thing");
  CHECK(parts_of("failed error=\"cut off n=2") == "failed|error|\"cut off n=2");
  CHECK(parts_of("failed error=\"") == "failed|error|\"");
}

TEST_CASE("what only looks like a field is text") {
  CHECK(parts_of("a = b, =e, Upper=f 9=g") == "a = b, =e, Upper=f 9=g");
  CHECK(parts_of("x=1") == "x=1");
  CHECK(parts_of("https://host/?a=b &c=d e=f") == "https://host/?a=b &c=d|e|f");
}

}  // namespace
}  // namespace orderflow::telemetry
