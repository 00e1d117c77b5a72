#include "api_docs/schema_example.hpp"

#include <stdexcept>
#include <string>

namespace orderflow::api_docs {

using nlohmann::ordered_json;

const ordered_json& resolve(const ordered_json& document, const ordered_json& node) {
  const ordered_json* found = &node;
  while (found->is_object() && found->contains("$ref")) {
    const auto& reference = found->at("$ref").get_ref<const std::string&>();
    found = &document.at(ordered_json::json_pointer(reference.substr(1)));
  }
  return *found;
}

ordered_json example_of(const ordered_json& document, const ordered_json& schema) {
  const ordered_json& part = resolve(document, schema);
  if (part.contains("examples")) return part.at("examples").at(0);
  if (part.contains("const")) return part.at("const");
  if (part.contains("enum")) return part.at("enum").at(0);
  if (part.contains("anyOf")) return example_of(document, part.at("anyOf").at(0));
  if (part.contains("items")) return ordered_json::array({example_of(document, part.at("items"))});
  if (part.contains("properties")) {
    ordered_json object = ordered_json::object();
    for (const auto& [name, property] : part.at("properties").items())
      object[name] = example_of(document, property);
    return object;
  }
  throw std::logic_error("a schema has no example: " + part.dump());
}

}  // namespace orderflow::api_docs
