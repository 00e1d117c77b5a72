#include "config/unknown_keys.hpp"

#include "config/environment.hpp"
#include "config/nearest_name.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace orderflow::config {
namespace {

std::string_view last_name(std::string_view path) noexcept {
  return path.substr(path.rfind('.') + 1);
}

std::string_view parent(std::string_view path) noexcept {
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? std::string_view{} : path.substr(0, dot);
}

std::string with_nearest(std::string detail, const std::optional<std::string>& nearest) {
  return nearest ? detail + "; did you mean " + *nearest + "?" : detail;
}

std::optional<std::string> nearest_path(const std::string& path, const KnownKeys& known) {
  std::vector<std::string> candidates{known.sections.begin(), known.sections.end()};
  candidates.insert(candidates.end(), known.paths.begin(), known.paths.end());

  // A typing mistake in one name is likelier than a key in the wrong section.
  std::vector<std::string> siblings;
  for (const std::string& candidate : candidates) {
    if (parent(candidate) == parent(path)) siblings.emplace_back(last_name(candidate));
  }
  if (const auto sibling = nearest_name(last_name(path), siblings)) {
    return parent(path).empty() ? *sibling : std::string(parent(path)) + '.' + *sibling;
  }
  if (const auto whole = nearest_name(path, candidates)) return whole;
  const auto namesake = std::ranges::find_if(candidates, [&](const std::string& candidate) {
    return last_name(candidate) == last_name(path);
  });
  if (namesake == candidates.end()) return std::nullopt;
  return *namesake;
}

void walk(const SettingsFile& file, const nlohmann::json& object, const std::string& prefix,
          const KnownKeys& known, std::vector<Problem>& problems) {
  for (const auto& [name, value] : object.items()) {
    const std::string path = prefix.empty() ? name : prefix + '.' + name;
    if (name.find('.') != std::string::npos) {
      problems.push_back({.where = file.where(path),
                          .key = path,
                          .detail = "unknown key: names have no dots, sections are objects within "
                                    "objects"});
    } else if (known.sections.contains(path)) {
      if (value.is_object()) {
        walk(file, value, path, known, problems);
      } else {
        problems.push_back(
            {.where = file.where(path),
             .key = path,
             .detail = std::string("found a ") + value.type_name() + ", allowed is an object"});
      }
    } else if (std::ranges::find(known.paths, path) == known.paths.end()) {
      problems.push_back(unknown_key(file.where(path), path, known));
    }
  }
}

}  // namespace

std::vector<Problem> unknown_keys(const SettingsFile& file, const KnownKeys& known) {
  std::vector<Problem> problems;
  walk(file, file.value, {}, known, problems);
  return problems;
}

Problem unknown_key(const std::string& where, const std::string& path, const KnownKeys& known) {
  return {.where = where,
          .key = path,
          .detail = with_nearest("unknown key", nearest_path(path, known))};
}

Problem unknown_variable(const std::string& name, const std::vector<std::string>& known_names) {
  // The shared prefix would make every name near.
  std::vector<std::string> names;
  for (const std::string& known : known_names) {
    names.push_back(known.substr(environment_prefix.size()));
  }
  const auto nearest = nearest_name(name.substr(environment_prefix.size()), names);
  return {.where = name,
          .key = {},
          .detail = with_nearest(
              "unknown environment variable",
              nearest ? std::optional(std::string(environment_prefix) + *nearest) : nearest)};
}

}  // namespace orderflow::config
