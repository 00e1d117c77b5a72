#include "preferences/preference_routes.hpp"

#include "core/trace_context.hpp"
#include "host/json_body.hpp"
#include "host/page.hpp"
#include "http/message/problem.hpp"
#include "orders/contract/scopes.hpp"
#include "preferences/preference_json.hpp"
#include "preferences/preference_store.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace orderflow::notifications {
namespace {

using boost::asio::awaitable;
using http::Request;
using http::Response;

constexpr std::string_view pattern = "/v1/users/{userId}/notification-preferences";
constexpr std::size_t user_id_length_max = 128;

/// The answer to a request that cannot be about any user.
std::optional<Response> refused(const Request& request) {
  core::FieldErrors errors;
  host::reject_unknown_parameters(request, {}, errors);
  const std::string_view user_id = request.path_value("userId");
  if (user_id.empty() || !core::is_path_name(user_id, user_id_length_max)) {
    errors.push_back({"userId", "must be 1 to 128 visible ASCII characters, not \".\" or \"..\""});
  }
  if (errors.empty()) return std::nullopt;
  return host::bad_parameters(request, std::move(errors));
}

Response show(const host::Host& host, const Request& request) {
  if (auto refusal = refused(request)) return *std::move(refusal);
  const std::string_view user_id = request.path_value("userId");
  const Preferences preferences =
      host.read([&](storage::Session session) { return PreferenceStore(session).find(user_id); });
  return host::json_response(200, to_json(user_id, preferences));
}

awaitable<Response> replace(const host::Host& host, const MailTemplates& templates,
                            const Request& request) {
  if (auto refusal = refused(request)) co_return *std::move(refusal);
  const auto body = host::parse_json_body(request.body);
  if (!body) co_return host::malformed_json(request, body.error());
  auto parsed = parse_preferences(
      *body, [&](std::string_view language) { return templates.supports(language); });
  if (!parsed) {
    const http::Problem problem{422, "invalid-preferences", "The preferences are not valid",
                                "See errors for each field.", parsed.error()};
    co_return http::problem_response(request, problem);
  }
  const std::string_view user_id = request.path_value("userId");
  Preferences& preferences = *parsed;
  auto write = [&](events::Turn& turn) {
    preferences.updated_at = turn.now();
    PreferenceStore(turn.db()).put(user_id, preferences, turn.now());
  };
  co_await host.write(request, write);
  co_return host::json_response(200, to_json(user_id, preferences));
}

}  // namespace

void add_preference_routes(host::Host& host, const MailTemplates& templates) {
  host.route(http::Method::get, pattern, orders::read_scope,
             [&host](Request& request) -> awaitable<Response> { co_return show(host, request); });
  host.route(http::Method::put, pattern, orders::write_scope,
             [&host, &templates](Request& request) { return replace(host, templates, request); });
}

}  // namespace orderflow::notifications
