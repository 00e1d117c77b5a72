#include "schema_changes.hpp"

#include <set>

namespace orderflow::test {
namespace {

using nlohmann::json;
using Changes = std::vector<std::string>;

const std::set<std::string> for_people{"$comment", "description", "examples", "title"};

void compare(const json& released, const json& current, const std::string& place, Changes& changes);

void compare_properties(const json& released, const json& current, const std::string& place,
                        Changes& changes) {
  for (const auto& [name, schema] : released.items()) {
    if (const auto found = current.find(name); found != current.end()) {
      compare(schema, *found, place + "/" + name, changes);
    } else {
      changes.push_back(place + "/" + name + " is gone");
    }
  }
}

/// The order of names has no meaning.
bool same_names(const json& released, const json& current) {
  return current.is_array() &&
         released.get<std::set<std::string>>() == current.get<std::set<std::string>>();
}

void compare(const json& released, const json& current, const std::string& place,
             Changes& changes) {
  if (!released.is_object() || !current.is_object()) {
    if (released != current) changes.push_back(place + " differs");
    return;
  }
  for (const auto& [keyword, value] : released.items()) {
    const std::string at = place + "/" + keyword;
    if (for_people.contains(keyword)) continue;
    const auto found = current.find(keyword);
    if (found == current.end()) {
      changes.push_back(at + " is gone");
    } else if (keyword == "properties") {
      compare_properties(value, *found, at, changes);
    } else if (keyword == "items") {
      compare(value, *found, at, changes);
    } else if (keyword == "required" ? !same_names(value, *found) : value != *found) {
      changes.push_back(at + " differs");
    }
  }
  for (const auto& [keyword, value] : current.items()) {
    if (!released.contains(keyword) && !for_people.contains(keyword)) {
      changes.push_back(place + "/" + keyword + " is new");
    }
  }
}

}  // namespace

Changes breaking_changes(const json& released, const json& current) {
  Changes changes;
  compare(released, current, "", changes);
  return changes;
}

}  // namespace orderflow::test
