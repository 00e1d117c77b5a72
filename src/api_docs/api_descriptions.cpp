#include "api_docs/api_descriptions.hpp"

#include <charconv>
#include <optional>
#include <stdexcept>
#include <utility>

namespace orderflow::api_docs {
namespace {

using nlohmann::ordered_json;

void add_members(ordered_json& whole, const ordered_json& part, std::string_view path) {
  for (const auto& [name, value] : part.items()) {
    if (whole.contains(name)) {
      throw std::logic_error(std::string(path) + " describes " + name + ", which is described");
    }
    whole[name] = value;
  }
}

void add_routes(ApiDescriptions& whole, const EmbeddedText& file) {
  const ordered_json part = ordered_json::parse(file.text);
  const ordered_json none = ordered_json::object();
  const auto member = [&](const char* name) -> const ordered_json& {
    const auto found = part.find(name);
    return found == part.end() ? none : *found;
  };
  for (const auto& tag : member("tags"))
    whole.tags.push_back(tag);
  add_members(whole.paths, member("paths"), file.path);
  add_members(whole.problems, member("problems"), file.path);
  for (const auto& [kind, components] : member("components").items()) {
    if (!whole.components.contains(kind)) whole.components[kind] = ordered_json::object();
    add_members(whole.components[kind], components, file.path);
  }
}

/// Kind and version of the event of which a file is an example, "…/order.created.v1.example.json".
std::optional<std::pair<std::string, int>> example_named(std::string_view path) {
  constexpr std::string_view ending = ".example.json";
  if (!path.ends_with(ending)) return std::nullopt;
  path.remove_suffix(ending.size());
  path.remove_prefix(path.rfind('/') + 1);
  const auto mark = path.rfind(".v");
  if (mark == std::string_view::npos) return std::nullopt;
  const std::string_view digits = path.substr(mark + 2);
  int version = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), version);
  if (read.ec != std::errc{} || read.ptr != digits.data() + digits.size()) return std::nullopt;
  return std::pair{std::string(path.substr(0, mark)), version};
}

bool add_example(ApiDescriptions& whole, const EmbeddedText& file) {
  auto name = example_named(file.path);
  if (!name) return false;
  whole.event_examples[std::move(*name)] = ordered_json::parse(file.text);
  return true;
}

}  // namespace

ApiDescriptions::ApiDescriptions(const std::vector<EmbeddedText>& files) {
  for (const EmbeddedText& file : files) {
    try {
      if (file.path.ends_with(".asyncapi.json")) {
        add_members(asyncapi, ordered_json::parse(file.text), file.path);
      } else if (!add_example(*this, file)) {
        add_routes(*this, file);
      }
    } catch (const ordered_json::exception& e) {
      throw std::logic_error(std::string(file.path) + ": " + e.what());
    }
  }
}

const ordered_json& ApiDescriptions::example_of_event(const events::EventType& type) const {
  const auto found = event_examples.find({type.kind, type.version});
  if (found == event_examples.end()) {
    throw std::logic_error("no example of event " + schema_name(type));
  }
  return found->second;
}

std::string schema_name(const events::EventType& type) {
  return type.kind + ".v" + std::to_string(type.version);
}

ordered_json embedded_schema(const events::EventType& type) {
  ordered_json schema = ordered_json::parse(type.schema);
  schema.erase("$schema");
  return schema;
}

}  // namespace orderflow::api_docs
