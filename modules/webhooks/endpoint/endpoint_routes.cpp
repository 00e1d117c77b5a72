#include "core/trace_context.hpp"
#include "delivery_store.hpp"
#include "endpoint/change_endpoint.hpp"
#include "endpoint/endpoint_json.hpp"
#include "endpoint/endpoint_store.hpp"
#include "endpoint/trial.hpp"
#include "events/turn/turn.hpp"
#include "host/admin_scope.hpp"
#include "host/audit.hpp"
#include "host/json_body.hpp"
#include "host/page.hpp"
#include "http/message/problem.hpp"
#include "owed.hpp"
#include "routes.hpp"

#include <utility>

namespace orderflow::webhooks {
namespace {

using boost::asio::awaitable;
using http::Request;
using http::Response;
using nlohmann::json;

Response invalid(const Request& request, core::FieldErrors errors) {
  const http::Problem problem{422, "invalid-webhook", "The webhook is not valid",
                              "See errors for each field.", std::move(errors)};
  return http::problem_response(request, problem);
}

Response too_many(const Request& request, std::size_t endpoints_max) {
  const http::Problem problem{
      409, "too-many-webhooks", "There are too many webhooks",
      "There are " + std::to_string(endpoints_max) + " already, which is the most there may be."};
  return http::problem_response(request, problem);
}

Response shown(const Endpoint& endpoint) {
  return host::json_response(200, to_json(endpoint));
}

/// With the secret, which is told this once.
Response shown_with_secret(const Endpoint& endpoint, unsigned status) {
  json document = to_json(endpoint);
  document["secret"] = endpoint.secret;
  Response response = host::json_response(status, document);
  if (status == 201) {
    response.headers.emplace_back("Location", "/v1/webhooks/" + endpoint.id.value().to_string());
  }
  return response;
}

awaitable<Response> post_endpoint(RouteServices& services, const Request& request) {
  const auto document = host::parse_json_body(request.body);
  if (!document) co_return host::malformed_json(request, document.error());
  const EndpointRequestRules rules{
      .kinds = services.kinds, .allow_private = services.settings.allow_private, .is_new = true};
  const auto endpoint_request = parse_endpoint_request(*document, rules);
  if (!endpoint_request) co_return invalid(request, endpoint_request.error());
  auto body = [&](events::Turn& turn) {
    auto added = add_endpoint(turn, *endpoint_request, services);
    if (added) host::keep_audit(turn, request, "add-webhook", audit_detail(*added));
    return added;
  };
  const std::optional<Endpoint> endpoint = co_await services.host.write(request, body);
  if (!endpoint) co_return too_many(request, services.settings.endpoints_max);
  co_return shown_with_secret(*endpoint, 201);
}

Response get_endpoints(const RouteServices& services, const Request& request) {
  core::FieldErrors errors;
  host::reject_unknown_parameters(request, {"limit", "after"}, errors);
  const auto wanted = host::page_request<EndpointId>(request, errors);
  if (!errors.empty()) return host::bad_parameters(request, std::move(errors));

  const auto page = services.host.read(
      [&](storage::Session session) { return EndpointStore(session).page(wanted); });
  return host::page_response("webhooks", page,
                             [](const Endpoint& endpoint) { return to_json(endpoint); });
}

Response get_endpoint(const RouteServices& services, const Request& request) {
  const auto id = endpoint_of(request);
  if (!id) return no_such_endpoint(request);
  std::optional<Endpoint> endpoint;
  std::size_t waiting = 0;
  services.host.read([&](storage::Session session) {
    endpoint = EndpointStore(session).find(*id);
    if (endpoint) waiting = DeliveryStore(session).count_waiting(*id, endpoint->canceled_to);
  });
  if (!endpoint) return no_such_endpoint(request);
  const Owed owed = count_owed(services, *endpoint);
  json document = to_json(*endpoint);
  document["waiting"] = waiting + owed.count;
  document["waitingAtLeast"] = !owed.is_all;
  return host::json_response(200, document);
}

awaitable<Response> patch_endpoint(RouteServices& services, const Request& request) {
  const auto id = endpoint_of(request);
  if (!id) co_return no_such_endpoint(request);
  const auto document = host::parse_json_body(request.body);
  if (!document) co_return host::malformed_json(request, document.error());
  const EndpointRequestRules rules{
      .kinds = services.kinds, .allow_private = services.settings.allow_private, .is_new = false};
  const auto endpoint_request = parse_endpoint_request(*document, rules);
  if (!endpoint_request) co_return invalid(request, endpoint_request.error());
  auto body = [&](events::Turn& turn) {
    auto changed = change_endpoint(turn, *id, *endpoint_request, services);
    if (changed) host::keep_audit(turn, request, "change-webhook", audit_detail(*changed));
    return changed;
  };
  const std::optional<Endpoint> endpoint = co_await services.host.write(request, body);
  co_return endpoint ? shown(*endpoint) : no_such_endpoint(request);
}

awaitable<Response> delete_endpoint(RouteServices& services, const Request& request) {
  const auto id = endpoint_of(request);
  if (!id) co_return no_such_endpoint(request);
  auto body = [&](events::Turn& turn) {
    auto deleted = webhooks::delete_endpoint(turn, *id, services);
    if (deleted) host::keep_audit(turn, request, "delete-webhook", audit_detail(*deleted));
    return deleted;
  };
  const std::optional<Endpoint> deleted = co_await services.host.write(request, body);
  if (!deleted) co_return no_such_endpoint(request);
  Response response;
  response.status = 204;
  co_return response;
}

awaitable<Response> rotate_secret(RouteServices& services, const Request& request) {
  const auto id = endpoint_of(request);
  if (!id) co_return no_such_endpoint(request);
  core::Duration overlap = services.settings.rotation_overlap;
  if (!request.body.empty()) {
    const auto document = host::parse_json_body(request.body);
    if (!document) co_return host::malformed_json(request, document.error());
    const auto wanted = parse_rotation(*document);
    if (!wanted) co_return invalid(request, wanted.error());
    if (*wanted) overlap = **wanted;
  }
  auto body = [&](events::Turn& turn) {
    auto rotated = webhooks::rotate_secret(turn, *id, overlap, services);
    if (rotated) host::keep_audit(turn, request, "rotate-webhook-secret", audit_detail(*rotated));
    return rotated;
  };
  const std::optional<Endpoint> endpoint = co_await services.host.write(request, body);
  co_return endpoint ? shown_with_secret(*endpoint, 200) : no_such_endpoint(request);
}

awaitable<Response> try_endpoint(RouteServices& services, const Request& request) {
  const auto id = endpoint_of(request);
  if (!id) co_return no_such_endpoint(request);
  const auto endpoint = services.host.read(
      [&](storage::Session session) { return EndpointStore(session).find(*id); });
  if (!endpoint) co_return no_such_endpoint(request);
  auto trying = try_out(services, *endpoint, request.trace);
  const Trial trial = co_await std::move(trying);
  auto body = [&](events::Turn& turn) {
    json detail = audit_detail(*endpoint);
    detail["delivered"] = trial.error.empty();
    host::keep_audit(turn, request, "test-webhook", std::move(detail));
  };
  co_await services.host.write(request, body);
  json document{{"delivered", trial.error.empty()},
                {"webhookId", trial.webhook_id},
                {"status", nullptr},
                {"durationMs", static_cast<double>(trial.duration.count()) / 1000},
                {"error", nullptr}};
  if (trial.status) document["status"] = *trial.status;
  if (!trial.error.empty()) document["error"] = trial.error;
  co_return host::json_response(200, document);
}

}  // namespace

std::optional<EndpointId> endpoint_of(const Request& request) {
  return host::path_id<EndpointId>(request);
}

Response no_such_endpoint(const Request& request) {
  const http::Problem problem{404, "webhook-not-found", "There is no such webhook",
                              "There is no webhook " + std::string(request.path_value("id")) + "."};
  return http::problem_response(request, problem);
}

void add_endpoint_routes(host::Host& host, RouteServices& services) {
  using http::Method;
  host.route(Method::post, "/v1/webhooks", host::admin_scope,
             [&services](Request& request) { return post_endpoint(services, request); });
  host.route(Method::get, "/v1/webhooks", host::admin_scope,
             [&services](Request& request) -> awaitable<Response> {
               co_return get_endpoints(services, request);
             });
  host.route(Method::get, "/v1/webhooks/{id}", host::admin_scope,
             [&services](Request& request) -> awaitable<Response> {
               co_return get_endpoint(services, request);
             });
  host.route(Method::patch, "/v1/webhooks/{id}", host::admin_scope,
             [&services](Request& request) { return patch_endpoint(services, request); });
  host.route(Method::del, "/v1/webhooks/{id}", host::admin_scope,
             [&services](Request& request) { return delete_endpoint(services, request); });
  host.route(Method::post, "/v1/webhooks/{id}/rotate-secret", host::admin_scope,
             [&services](Request& request) { return rotate_secret(services, request); });
  host.route(Method::post, "/v1/webhooks/{id}/test", host::admin_scope,
             [&services](Request& request) { return try_endpoint(services, request); });
}

}  // namespace orderflow::webhooks
