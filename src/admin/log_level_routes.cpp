#include "admin/log_level_routes.hpp"

#include "core/json_pointer.hpp"
#include "host/audit.hpp"
#include "host/json_body.hpp"
#include "host/object_reader.hpp"
#include "host/page.hpp"
#include "http/message/problem.hpp"
#include "telemetry/log.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace orderflow::admin {
namespace {

using boost::asio::awaitable;
using http::Request;
using http::Response;
using nlohmann::json;

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names)
    text += (text.empty() ? "" : ", ") + name;
  return text;
}

bool is_among(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

json levels_json(const telemetry::LogLevels& levels) {
  const telemetry::LogLevelSettings current = levels.current();
  json effective = json::object();
  for (const std::string& component : levels.components()) {
    const auto own = current.by_component.find(component);
    effective[component] = own == current.by_component.end() ? current.level : own->second;
  }
  return {{"level", current.level},
          {"levels", current.by_component},
          {"effective", std::move(effective)}};
}

json change_json(const telemetry::LogLevelChange& change) {
  const auto value = [](const std::optional<std::string>& level) {
    return level ? json(*level) : json();
  };
  json document = json::object();
  if (change.level) document["level"] = value(*change.level);
  for (const auto& [component, level] : change.by_component)
    document["levels"][component] = value(level);
  return document;
}

/// A level, or nothing for null; anything else is an error.
std::optional<std::string> read_level(const json& value, const std::string& pointer,
                                      core::FieldErrors& errors) {
  if (value.is_null()) return std::nullopt;
  if (value.is_string() &&
      is_among(telemetry::log_level_names(), value.get_ref<const std::string&>()))
    return value.get<std::string>();
  errors.push_back({pointer, "must be one of " + listed(telemetry::log_level_names()) +
                                 ", or null for the level of the settings"});
  return std::nullopt;
}

telemetry::LogLevelChange read_change(const json& body, const std::vector<std::string>& components,
                                      core::FieldErrors& errors) {
  telemetry::LogLevelChange change;
  if (!body.is_object()) {
    errors.push_back({"", "must be an object"});
    return change;
  }
  host::ObjectReader(body, "", errors).reject_unknown({"level", "levels"});
  if (const auto level = body.find("level"); level != body.end())
    change.level = read_level(*level, "/level", errors);
  const auto levels = body.find("levels");
  if (levels != body.end() && !levels->is_object()) {
    errors.push_back({"/levels", "must be an object of levels by component"});
  } else if (levels != body.end()) {
    for (const auto& [component, level] : levels->items()) {
      if (errors.is_full()) break;
      const std::string pointer = core::pointer_to("/levels", component);
      if (is_among(components, component)) {
        change.by_component.emplace(component, read_level(level, pointer, errors));
      } else {
        errors.push_back({pointer, "is not a component; there are: " + listed(components)});
      }
    }
  }
  if (!change.level && change.by_component.empty() && errors.empty())
    errors.push_back({"", "must have level or levels"});
  return change;
}

Response show(const telemetry::LogLevels& levels, const Request& request) {
  core::FieldErrors errors;
  host::reject_unknown_parameters(request, {}, errors);
  if (!errors.empty()) return host::bad_parameters(request, std::move(errors));
  return host::json_response(200, levels_json(levels));
}

awaitable<Response> change(const AdminApi& admin, telemetry::LogLevels& levels, Request& request) {
  const auto document = host::parse_json_body(request.body);
  if (!document) co_return host::malformed_json(request, document.error());
  core::FieldErrors errors;
  const telemetry::LogLevelChange change = read_change(*document, levels.components(), errors);
  if (!errors.empty()) {
    const http::Problem problem{422, "invalid-log-levels", "The log levels are not valid",
                                "See errors for each field.", std::move(errors)};
    co_return http::problem_response(request, problem);
  }
  const events::Actor actor = host::actor_of(request);
  const json detail = change_json(change);
  auto operation = [&](events::Operations&, storage::Connection& connection) {
    events::AuditEntry entry;
    entry.at = admin.services().clock.now();
    entry.actor = actor;
    entry.action = "log-levels";
    entry.detail = detail;
    events::keep_audit(connection.session(events::event_owner), entry);
    return entry;
  };
  const events::AuditEntry kept = co_await admin.operate(request, operation);
  telemetry::log("app").info("log levels changed actor={} change={}", kept.actor.name,
                             detail.dump());
  levels.change(change);
  co_return host::json_response(200, levels_json(levels));
}

}  // namespace

void add_log_level_routes(AdminApi& admin, telemetry::LogLevels& levels) {
  const std::string target = "/v1/admin/log-levels";
  admin.route(http::Method::get, target, [&levels](Request& request) -> awaitable<Response> {
    co_return show(levels, request);
  });
  admin.route(http::Method::put, target,
              [&admin, &levels](Request& request) { return change(admin, levels, request); });
}

}  // namespace orderflow::admin
