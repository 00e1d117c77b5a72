#include "core/json_document.hpp"

#include <doctest/doctest.h>

namespace orderflow::core {
namespace {

std::string refusal_of(std::string_view text) {
  const auto document = parse_json_document(text, 4);
  return document ? "accepted" : document.error().detail;
}

TEST_CASE("a document is read whole: a NUL does not end it") {
  CHECK(refusal_of(std::string_view("{}\0", 3)) == "byte 3 is a NUL");
  CHECK(refusal_of(std::string_view("{}\0{\"a\": 1}", 12)) == "byte 3 is a NUL");
  CHECK(refusal_of(std::string_view("[\"\0\"]", 5)) == "byte 3 is a NUL");
  CHECK(refusal_of("[\"\\u0000\"]") == "accepted");
}

TEST_CASE("a document may nest up to its limit") {
  CHECK(refusal_of("[[[[1]]]]") == "accepted");
  CHECK(refusal_of("[[[[[1]]]]]") == "the document is nested deeper than 4 levels");
}

TEST_CASE("a name may occur once in an object") {
  CHECK(refusal_of(R"({"a": {"b": 1}, "b": 2})") == "accepted");
  CHECK(refusal_of(R"({"a": {"b": 1, "b": 2}})") == "the name \"b\" occurs twice in one object");
}

}  // namespace
}  // namespace orderflow::core
