// Every released event schema is compared with the one of today. `released` holds them as they were
// when they were released; a new version of an event adds a file there.
#include "api_docs/api_descriptions.hpp"
#include "app/modules.hpp"
#include "events/log/schema_check.hpp"
#include "host/module.hpp"
#include "schema_changes.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

namespace orderflow::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// By "order.created.v1".
std::map<std::string, json> released_schemas() {
  std::map<std::string, json> schemas;
  for (const auto& entry : fs::directory_iterator(ORDERFLOW_RELEASED_SCHEMAS)) {
    const std::string name = entry.path().filename().string();
    std::ifstream file(entry.path());
    schemas[name.substr(0, name.rfind(".schema.json"))] = json::parse(file);
  }
  return schemas;
}

json sample() {
  return json::parse(R"({
    "title": "parcel.sent v1", "type": "object", "required": ["id", "size"],
    "additionalProperties": false,
    "properties": {
      "id": { "type": "string", "maxLength": 36 },
      "size": { "enum": ["small", "large"] },
      "stops": { "type": "array", "items": { "type": "object", "required": ["at"],
        "properties": { "at": { "type": "string" } } } }
    } })");
}

json changed(const char* pointer, const json& value) {
  json schema = sample();
  schema[json::json_pointer(pointer)] = value;
  return schema;
}

TEST_CASE("every event schema is what was released, or adds what may be left out") {
  const events::Catalog catalog = host::catalog_of(app::make_modules());
  const auto released = released_schemas();
  for (const events::EventType& type : catalog.types()) {
    const auto found = released.find(api_docs::schema_name(type));
    REQUIRE_MESSAGE(found != released.end(), api_docs::schema_name(type),
                    " is not among the released schemas: copy it there");
    for (const std::string& change : breaking_changes(found->second, json::parse(type.schema)))
      FAIL_CHECK(api_docs::schema_name(type), change, ": it needs a new version and an upcaster");
  }
  CHECK(released.size() == catalog.types().size());
}

TEST_CASE("every released version is read as the newest one") {
  const events::Catalog catalog = host::catalog_of(app::make_modules());
  const api_docs::ApiDescriptions descriptions;
  std::map<std::string, events::TypeTag> newest;
  for (const events::EventType& type : catalog.types())
    newest[type.kind] = type.type;  // they are ordered by version
  for (const events::EventType& type : catalog.types()) {
    const json example = json::parse(descriptions.example_of_event(type).dump());
    for (const auto& error : events::check_schema(type.schema, example))
      FAIL_CHECK(api_docs::schema_name(type), error.pointer, ": ", error.detail);
    const events::EventBody body = catalog.read(type.kind, type.version, example.dump());
    CHECK_MESSAGE(body.error.empty(), body.error);
    CHECK_MESSAGE(body.type == newest.at(type.kind), api_docs::schema_name(type),
                  " has no upcaster");
  }
}

TEST_CASE("a field that may be left out may be added, words may change") {
  CHECK(breaking_changes(sample(), sample()).empty());
  CHECK(breaking_changes(sample(), changed("/properties/note", {{"type", "string"}})).empty());
  CHECK(breaking_changes(sample(),
                         changed("/properties/stops/items/properties/by", {{"type", "string"}}))
            .empty());
  CHECK(breaking_changes(sample(), changed("/description", "sent when it leaves")).empty());
  CHECK(breaking_changes(sample(), changed("/required", {"size", "id"})).empty());
}

TEST_CASE("anything else is another contract") {
  json without = sample();
  without["properties"].erase("stops");
  CHECK(breaking_changes(sample(), without).size() == 1);
  json loose = sample();
  loose.erase("additionalProperties");
  CHECK(breaking_changes(sample(), loose).size() == 1);
  for (const json& schema :
       {changed("/required", {"id", "size", "stops"}), changed("/required", {"id"}),
        changed("/properties/id/type", "integer"), changed("/properties/id/maxLength", 20),
        changed("/properties/id/minLength", 1), changed("/properties/size/enum/2", "huge"),
        changed("/properties/stops/items/required", json::array()),
        changed("/properties/stops/items/properties/at/type", "integer"),
        changed("/properties/stops/minItems", 1), changed("/additionalProperties", true)}) {
    CHECK_MESSAGE(breaking_changes(sample(), schema).size() == 1, schema.dump());
  }
}

}  // namespace
}  // namespace orderflow::test
