#include "preferences/preference_json.hpp"

#include "composing/language.hpp"

#include <string>
#include <utility>

namespace orderflow::notifications {
namespace {

constexpr std::string_view by_email = "email";
constexpr std::string_view not_at_all = "none";

std::string names_of_kinds() {
  std::string names;
  for (const Kind kind : all_kinds)
    names.append(names.empty() ? "" : " or ").append(to_string(kind));
  return names;
}

void read_kinds(const nlohmann::json& kinds, Preferences& preferences, core::FieldErrors& errors) {
  if (!kinds.is_object()) {
    errors.push_back({"/kinds", "must be an object of \"email\" or \"none\" by kind"});
    return;
  }
  for (const auto& [name, channel] : kinds.items()) {
    if (errors.is_full()) return;
    const auto kind = parse_kind(name);
    if (!kind) {
      errors.push_back({"/kinds/" + name, "is not a kind; there are " + names_of_kinds()});
    } else if (channel == not_at_all) {
      preferences.not_wanted.insert(*kind);
    } else if (channel != by_email) {
      errors.push_back({"/kinds/" + name, "must be \"email\" or \"none\""});
    }
  }
}

void read_language(const nlohmann::json& language,
                   const std::function<bool(std::string_view language)>& supports,
                   Preferences& preferences, core::FieldErrors& errors) {
  if (language.is_null()) return;
  const auto* text = language.get_ptr<const std::string*>();
  if (text == nullptr || !is_language(*text)) {
    errors.push_back({"/language", "must be a language, such as \"de\" or \"pt-BR\", or null"});
  } else if (!supports(*text)) {
    errors.push_back({"/language",
                      "there are no templates in this language; "
                      "GET /v1/notifications/templates lists those there are"});
  } else {
    preferences.language = *text;
  }
}

}  // namespace

boost::system::result<Preferences, core::FieldErrors> parse_preferences(
    const nlohmann::json& body, const std::function<bool(std::string_view language)>& supports) {
  core::FieldErrors errors;
  if (!body.is_object()) {
    errors.push_back({"", "must be an object"});
    return errors;
  }
  Preferences preferences;
  for (const auto& [name, value] : body.items()) {
    if (errors.is_full()) break;
    if (name == "language") {
      read_language(value, supports, preferences, errors);
    } else if (name == "kinds") {
      read_kinds(value, preferences, errors);
    } else if (name != "optedOut") {
      errors.push_back({'/' + name, "is not known; there are language, kinds and optedOut"});
    } else if (value.is_boolean()) {
      preferences.opted_out = value.get<bool>();
    } else {
      errors.push_back({"/optedOut", "must be true or false"});
    }
  }
  if (!errors.empty()) return errors;
  return {boost::system::in_place_value, std::move(preferences)};
}

nlohmann::json to_json(std::string_view user_id, const Preferences& preferences) {
  nlohmann::json document{{"userId", user_id},
                          {"language", nullptr},
                          {"kinds", nlohmann::json::object()},
                          {"optedOut", preferences.opted_out},
                          {"updatedAt", nullptr}};
  if (!preferences.language.empty()) document["language"] = preferences.language;
  for (const Kind kind : all_kinds) {
    document["kinds"][std::string(to_string(kind))] =
        preferences.not_wanted.contains(kind) ? not_at_all : by_email;
  }
  if (preferences.updated_at) document["updatedAt"] = core::to_rfc3339(*preferences.updated_at);
  return document;
}

}  // namespace orderflow::notifications
