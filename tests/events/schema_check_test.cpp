#include "events/log/schema_check.hpp"

#include <doctest/doctest.h>

namespace orderflow::events {
namespace {

constexpr const char* schema = R"({"type": "object", "additionalProperties": {"type": "integer"}})";

TEST_CASE("what breaks a schema is named as a JSON pointer whatever its name") {
  for (const char* name : {"plain", "a/b", "a~b", "a]b[c", "", "[0]"}) {
    const nlohmann::json document = {{name, "no number"}};
    const auto errors = check_schema(schema, document);
    REQUIRE_FALSE(errors.empty());
    CHECK(document.at(nlohmann::json::json_pointer(errors.front().pointer)) == "no number");
  }
}

TEST_CASE("a schema that cannot be used breaks every document") {
  CHECK(check_schema("{", {}).size() == 1);
  CHECK(check_schema(R"({"type": 7})", {}).size() == 1);
}

}  // namespace
}  // namespace orderflow::events
