#include "config/document.hpp"

#include "config/environment.hpp"
#include "config/kind.hpp"
#include "config/secret_file.hpp"
#include "config/unknown_keys.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace orderflow::config {
namespace {

using nlohmann::json;

SettingsFile read_if_given(const std::optional<std::filesystem::path>& path) {
  if (path) return read_settings(*path);
  return {.name = {}, .value = json::object(), .locations = {}};
}

std::string name_of(const Override& given) {
  return given.flag.empty() ? "flag for " + given.path : given.flag;
}

const json* find(const json& object, std::string_view path) {
  const json* at = &object;
  while (at->is_object()) {
    const std::size_t dot = path.find('.');
    const auto member = at->find(path.substr(0, dot));
    if (member == at->end()) return nullptr;
    at = &*member;
    if (dot == std::string_view::npos) return at;
    path.remove_prefix(dot + 1);
  }
  return nullptr;
}

/// The schema of a key within that of the whole; missing parts on the way are made.
nlohmann::ordered_json& place_in_schema(nlohmann::ordered_json& whole, const std::string& path) {
  nlohmann::ordered_json* at = &whole;
  std::size_t start = 0;
  for (std::size_t dot = path.find('.'); dot != std::string::npos; dot = path.find('.', start)) {
    auto& part = (*at)["properties"][path.substr(start, dot - start)];
    if (part.is_null()) {
      part = {{"type", "object"},
              {"additionalProperties", false},
              {"properties", nlohmann::ordered_json::object()}};
    }
    at = &part;
    start = dot + 1;
  }
  return (*at)["properties"][path.substr(start)];
}

/// The value with its secret part masked; nothing where it has none.
std::optional<json> with_secret_masked(const Kind& kind, const json& value) {
  if (!kind.secret_part) return std::nullopt;
  if (value.is_string()) {
    auto masked = kind.secret_part->mask(value.get_ref<const std::string&>());
    return masked ? std::optional<json>(*std::move(masked)) : std::nullopt;
  }
  if (!value.is_array()) return std::nullopt;
  bool is_any = false;
  json list = json::array();
  for (const json& item : value) {
    const auto masked = with_secret_masked(kind, item);
    is_any = is_any || masked.has_value();
    list.push_back(masked.value_or(item));
  }
  return is_any ? std::optional(std::move(list)) : std::nullopt;
}

}  // namespace

Document::Document(Sources sources)
    : file_(read_if_given(sources.file)),
      environment_(variables(sources.environment)),
      overrides_(std::move(sources.overrides)) {}

Section Document::root() {
  return {*this, {}};
}

Section Document::section(std::string_view path) {
  // Each part on the way is an object too.
  for (std::size_t dot = path.find('.'); dot != std::string_view::npos;
       dot = path.find('.', dot + 1)) {
    sections_.emplace(path.substr(0, dot));
  }
  sections_.emplace(path);
  return {*this, std::string(path)};
}

std::vector<std::string> Document::spellings(const std::string& path) const {
  std::vector<std::string> found{path};
  for (const auto& [part, other] : other_places_) {
    if (path.starts_with(part + '.')) found.insert(found.begin(), other + path.substr(part.size()));
  }
  return found;
}

std::vector<Document::Given> Document::given(const std::string& path) const {
  const std::vector<std::string> spelled = spellings(path);
  std::vector<Given> found;
  for (const std::string& one : spelled) {
    if (const json* value = find(file_.value, one)) {
      found.push_back({.path = one,
                       .source = "file",
                       .where = file_.where(one),
                       .value = *value,
                       .is_text = false});
    }
  }
  const auto take_variable = [&](const std::string& as, const std::string& name) {
    const auto variable = environment_.find(name);
    if (variable == environment_.end()) return;
    found.push_back({.path = as,
                     .source = "environment",
                     .where = variable->first,
                     .value = variable->second,
                     .is_text = true});
  };
  if (const auto other = other_names_.find(path); other != other_names_.end()) {
    take_variable(path, other->second);
  }
  for (const std::string& one : spelled)
    take_variable(one, environment_name(one));
  for (const std::string& one : spelled) {
    for (const Override& given : overrides_) {
      if (given.path != one) continue;
      found.push_back({.path = one,
                       .source = "flag",
                       .where = name_of(given),
                       .value = given.value,
                       .is_text = true});
    }
  }
  return found;
}

void Document::report_contradictions(const std::vector<Given>& given) {
  for (std::size_t i = 1; i < given.size(); ++i) {
    const Given& before = given[i - 1];
    const Given& after = given[i];
    if (before.source != after.source || before.path == after.path) continue;
    if (before.value == after.value) continue;
    report({.where = after.where,
            .key = after.path,
            .detail = "found " + shown(after.value) + ", but " + before.path + " (" + before.where +
                      "), another spelling of the same setting, is " + shown(before.value) +
                      "; leave one of them out"});
  }
}

json Document::read(const std::string& path, const json& default_value, const Kind& kind) {
  if (kind.reject(default_value)) {
    throw std::logic_error("the default of " + path + " is not allowed: " + shown(default_value));
  }
  Known known{.default_value = default_value,
              .value = default_value,
              .source = "default",
              .where = {},
              .allowed = kind.allowed,
              .schema = kind.schema};
  json chosen = default_value;
  std::vector<Given> all = given(path);
  report_contradictions(all);
  for (Given& given : all) {
    json value =
        given.is_text ? kind.from_text(given.value.get_ref<const std::string&>()) : given.value;
    const auto masked = with_secret_masked(kind, value);
    if (masked && given.source != "environment") {
      report({.where = given.where,
              .key = path,
              .detail = "found " + shown(*masked) + ": a secret may not stand here; it belongs " +
                        kind.secret_part->belongs});
      continue;
    }
    if (const auto rejected = kind.reject(value)) {
      report({.where = given.where,
              .key = path + rejected->at,
              .detail = "found " + shown(masked ? *masked : rejected->value) + ", allowed is " +
                        kind.allowed});
      continue;
    }
    known.value = masked ? *masked : without_secrets(value);
    known.source = given.source;
    known.where = std::move(given.where);
    chosen = std::move(value);
  }
  declare(path, std::move(known));
  return chosen;
}

void Document::add_place(const std::string& path, std::string other) {
  section(other);
  other_places_.insert_or_assign(path, std::move(other));
}

void Document::add_name(const std::string& path, std::string variable) {
  other_names_.insert_or_assign(path, std::move(variable));
}

std::optional<std::string> Document::read_secret(const std::string& path) {
  const Kind kind = text_kind({.min_length = 1, .max_length = 4096});
  const std::string file_path = path + "File";
  const std::string file = read(file_path, "", text_kind({})).get<std::string>();
  Known known{.default_value = nullptr,
              .value = nullptr,
              .source = "default",
              .where = {},
              .allowed = kind.allowed + ", only from " + environment_name(path) +
                         " or the file that " + file_path + " names",
              .schema = nullptr};
  std::optional<std::string> secret;
  const auto take = [&](std::string text, std::string_view source, const std::string& where) {
    if (kind.reject(text)) {
      report({.where = where,
              .key = path,
              .detail = "found " + std::string(secret_mask) + ", allowed is " + kind.allowed});
      return;
    }
    secret = std::move(text);
    known.value = secret_mask;
    known.source = source;
    known.where = where;
  };
  if (!file.empty()) {
    try {
      take(read_secret_file(file), "file", file);
    } catch (const SecretFileRefused& refused) {
      report({.where = file, .key = file_path, .detail = refused.what()});
    }
  }
  for (const Given& given : this->given(path)) {
    if (given.source == "environment") {
      take(given.value.get<std::string>(), given.source, given.where);
    } else {
      report({.where = given.where,
              .key = path,
              .detail = "a secret may not stand here; allowed is " + known.allowed});
    }
  }
  declare(path, std::move(known));
  return secret;
}

void Document::declare(const std::string& path, Known known) {
  for (const std::string& one : spellings(path)) {
    const auto [name, is_new] = known_names_.emplace(environment_name(one), path);
    if (!is_new && name->second != path) {
      throw std::logic_error(one + " and " + name->second + " share the name " + name->first);
    }
    const std::size_t dot = one.rfind('.');
    if (dot != std::string::npos) section(std::string_view(one).substr(0, dot));
  }
  if (!known_.emplace(path, std::move(known)).second) return;
  order_.push_back(path);
}

void Document::report(Problem problem) {
  if (std::ranges::find(problems_, problem) == problems_.end()) {
    problems_.push_back(std::move(problem));
  }
}

std::vector<Problem> Document::unknown_names() const {
  std::vector<std::string> paths;
  for (const std::string& path : order_)
    std::ranges::move(spellings(path), std::back_inserter(paths));
  const KnownKeys known{.paths = paths, .sections = sections_};
  std::vector<Problem> problems = unknown_keys(file_, known);
  for (const auto& [name, value] : environment_) {
    if (!name.starts_with(environment_prefix) || known_names_.contains(name)) continue;
    std::vector<std::string> names;
    for (const auto& [known_name, path] : known_names_)
      names.push_back(known_name);
    problems.push_back(unknown_variable(name, names));
  }
  for (const Override& given : overrides_) {
    if (std::ranges::find(paths, given.path) == paths.end()) {
      problems.push_back(unknown_key(name_of(given), given.path, known));
    }
  }
  return problems;
}

void Document::check() const {
  std::vector<Problem> problems = problems_;
  std::ranges::move(unknown_names(), std::back_inserter(problems));
  if (!problems.empty()) throw Invalid(std::move(problems));
}

nlohmann::ordered_json Document::effective() const {
  auto shown_settings = nlohmann::ordered_json::object();
  for (const std::string& path : order_) {
    const Known& known = known_.at(path);
    auto& entry = shown_settings[path];
    entry["value"] = known.value;
    entry["source"] = known.source;
    if (!known.where.empty()) entry["where"] = known.where;
    entry["default"] = known.default_value;
    entry["allowed"] = known.allowed;
  }
  return shown_settings;
}

nlohmann::ordered_json Document::schema() const {
  nlohmann::ordered_json whole = {{"$schema", "http://json-schema.org/draft-07/schema#"},
                                  {"title", "Settings of orderflow"},
                                  {"type", "object"},
                                  {"additionalProperties", false},
                                  {"properties", nlohmann::ordered_json::object()}};
  for (const std::string& path : order_) {
    const Known& known = known_.at(path);
    if (known.schema.is_null()) continue;
    for (const std::string& one : spellings(path)) {
      auto& leaf = place_in_schema(whole, one);
      leaf = known.schema;
      leaf["default"] = known.default_value;
      leaf["description"] =
          "Allowed is " + known.allowed + ". In the environment: " + environment_name(one) + ".";
      if (one != path) leaf["description"] = "As " + path + ", where it belongs.";
    }
  }
  return whole;
}

}  // namespace orderflow::config
