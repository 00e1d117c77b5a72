#include "endpoint/endpoint_json.hpp"

#include "core/json_pointer.hpp"
#include "core/readable_line.hpp"
#include "endpoint/endpoint_address.hpp"

#include <algorithm>
#include <chrono>
#include <string_view>

namespace orderflow::webhooks {
namespace {

using nlohmann::json;

constexpr std::size_t description_length_max = 200;
constexpr int overlap_hours_max = 24 * 30;

bool is_object_of(const json& document, const std::vector<std::string_view>& names,
                  core::FieldErrors& errors) {
  if (!document.is_object()) {
    errors.push_back({"", "must be an object"});
    return false;
  }
  for (const auto& [name, value] : document.items()) {
    if (errors.is_full()) break;
    if (std::ranges::find(names, name) != names.end()) continue;
    std::string known;
    for (const std::string_view one : names)
      known.append(known.empty() ? "" : ", ").append(one);
    errors.push_back({core::pointer_to("", name), "is not known; there are: " + known});
  }
  return true;
}

std::optional<std::string> read_url(const json& value, const EndpointRequestRules& rules,
                                    core::FieldErrors& errors) {
  if (!value.is_string()) {
    errors.push_back({"/url", "must be a text"});
    return std::nullopt;
  }
  auto url = value.get<std::string>();
  if (auto refusal = refusal_of_address(url, rules.allow_private)) {
    errors.push_back({"/url", std::move(*refusal)});
  }
  return url;
}

std::optional<std::string> read_description(const json& value, core::FieldErrors& errors) {
  if (value.is_string()) {
    auto text = value.get<std::string>();
    if (text.size() <= description_length_max && core::is_readable_line(text)) return text;
  }
  errors.push_back({"/description",
                    "must be a text of up to 200 bytes without control characters and without"
                    " marks that change the direction of text"});
  return std::nullopt;
}

std::optional<std::vector<std::string>> read_kinds(const json& value,
                                                   const EndpointRequestRules& rules,
                                                   core::FieldErrors& errors) {
  if (!value.is_array()) {
    errors.push_back({"/kinds", "must be a list of event kinds; an empty one means all"});
    return std::nullopt;
  }
  std::vector<std::string> kinds;
  for (std::size_t at = 0; at < value.size() && at <= rules.kinds.size(); ++at) {
    const json& kind = value[at];
    if (kind.is_string() && rules.kinds.contains(kind.get_ref<const std::string&>())) {
      kinds.push_back(kind.get<std::string>());
      continue;
    }
    std::string known;
    for (const std::string& one : rules.kinds)
      known.append(known.empty() ? "" : ", ").append(one);
    errors.push_back({"/kinds/" + std::to_string(at), "must be one of " + known});
  }
  std::ranges::sort(kinds);
  kinds.erase(std::unique(kinds.begin(), kinds.end()), kinds.end());
  return kinds;
}

std::optional<bool> read_state(const json& value, core::FieldErrors& errors) {
  if (value == "enabled") return true;
  if (value == "disabled") return false;
  errors.push_back({"/state", "must be enabled or disabled"});
  return std::nullopt;
}

}  // namespace

boost::system::result<EndpointRequest, core::FieldErrors> parse_endpoint_request(
    const json& document, const EndpointRequestRules& rules) {
  core::FieldErrors errors;
  std::vector<std::string_view> names{"url", "description", "kinds"};
  if (!rules.is_new) names.emplace_back("state");
  if (!is_object_of(document, names, errors)) return errors;
  EndpointRequest endpoint_request;
  if (const auto url = document.find("url"); url != document.end()) {
    endpoint_request.url = read_url(*url, rules, errors);
  } else if (rules.is_new) {
    errors.push_back({"/url", "is missing"});
  }
  if (const auto text = document.find("description"); text != document.end()) {
    endpoint_request.description = read_description(*text, errors);
  }
  if (const auto kinds = document.find("kinds"); kinds != document.end()) {
    endpoint_request.kinds = read_kinds(*kinds, rules, errors);
  }
  if (const auto state = document.find("state"); state != document.end() && !rules.is_new) {
    endpoint_request.enabled = read_state(*state, errors);
  }
  if (!errors.empty()) return errors;
  return endpoint_request;
}

boost::system::result<std::optional<core::Duration>, core::FieldErrors> parse_rotation(
    const json& document) {
  core::FieldErrors errors;
  std::optional<core::Duration> overlap;
  if (is_object_of(document, {"overlapHours"}, errors) && document.contains("overlapHours")) {
    const json& hours = document["overlapHours"];
    if (hours.is_number_integer() && hours >= 0 && hours <= overlap_hours_max) {
      overlap = std::chrono::hours(hours.get<int>());
    } else {
      errors.push_back({"/overlapHours", "must be a whole number from 0 to 720"});
    }
  }
  if (!errors.empty()) return errors;
  return overlap;
}

json to_json(const Endpoint& endpoint) {
  json document{{"id", endpoint.id.value().to_string()},
                {"url", endpoint.url},
                {"description", endpoint.description},
                {"kinds", endpoint.wanted.kinds},
                {"state", to_string(endpoint.state)},
                {"disabledBecause", nullptr},
                {"failuresInARow", endpoint.failures},
                {"failingSince", nullptr},
                {"missedAfter", nullptr},
                {"previousSecretUntil", nullptr},
                {"createdAt", core::to_rfc3339(endpoint.created_at)},
                {"updatedAt", core::to_rfc3339(endpoint.updated_at)}};
  if (endpoint.disabled_because) document["disabledBecause"] = *endpoint.disabled_because;
  if (endpoint.failing_since) document["failingSince"] = core::to_rfc3339(*endpoint.failing_since);
  if (endpoint.missed_after) {
    document["missedAfter"] = std::to_string(endpoint.missed_after->value());
  }
  if (endpoint.previous_until) {
    document["previousSecretUntil"] = core::to_rfc3339(*endpoint.previous_until);
  }
  return document;
}

json audit_detail(const Endpoint& endpoint) {
  const std::size_t host = endpoint.url.find("://") + 3;
  return {{"webhook", endpoint.id.value().to_string()},
          {"to", endpoint.url.substr(0, endpoint.url.find_first_of("/?#", host))},
          {"kinds", endpoint.wanted.kinds},
          {"state", to_string(endpoint.state)}};
}

}  // namespace orderflow::webhooks
