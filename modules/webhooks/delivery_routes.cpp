#include "delivery_store.hpp"
#include "endpoint/change_endpoint.hpp"
#include "endpoint/endpoint_store.hpp"
#include "events/log/log_incarnations.hpp"
#include "host/admin_scope.hpp"
#include "host/audit.hpp"
#include "host/json_body.hpp"
#include "host/page.hpp"
#include "http/message/problem.hpp"
#include "routes.hpp"

#include <utility>

namespace orderflow::webhooks {
namespace {

using boost::asio::awaitable;
using http::Request;
using http::Response;
using nlohmann::json;

constexpr std::size_t resent_at_once = 1000;

/// The position of an event that a delivery may be of: a plain number, 1 or more.
std::optional<events::Seq> delivery_position(std::string_view text) {
  const auto named = events::parse_position(text);
  if (!named || !named->incarnation.empty() || named->position < events::Seq{1}) {
    return std::nullopt;
  }
  return named->position;
}

Response no_such_delivery(const Request& request) {
  const http::Problem problem{404, "delivery-not-found", "There is no such delivery",
                              "Webhook " + std::string(request.path_value("id")) +
                                  " has no delivery " +
                                  std::string(request.path_value("sequence")) + "."};
  return http::problem_response(request, problem);
}

Response not_resendable(const Request& request, std::string detail) {
  const http::Problem problem{409, "delivery-not-resendable", "It cannot be sent again now",
                              std::move(detail)};
  return http::problem_response(request, problem);
}

/// What waits for a cancellation to be marked is canceled.
std::string_view state_of(const Delivery& delivery, const Endpoint& endpoint) {
  const bool is_canceled = waits(delivery.state) && delivery.seq <= endpoint.canceled_to;
  return to_string(is_canceled ? DeliveryState::canceled : delivery.state);
}

template <class T>
json or_null(const std::optional<T>& value) {
  return value ? json(*value) : json(nullptr);
}

json or_null(const std::optional<core::Timestamp>& time) {
  return time ? json(core::to_rfc3339(*time)) : json(nullptr);
}

json to_json(const Delivery& delivery, const Endpoint& endpoint) {
  json document{{"sequence", std::to_string(delivery.seq.value())},
                {"key", delivery.key},
                {"state", state_of(delivery, endpoint)},
                {"attempts", delivery.attempts},
                {"nextAttemptAt", nullptr},
                {"lastStatus", or_null(delivery.last_status)},
                {"lastError", or_null(delivery.last_error)},
                {"createdAt", core::to_rfc3339(delivery.created_at)},
                {"endedAt", or_null(delivery.ended_at)}};
  if (document["state"] == "due") {
    document["nextAttemptAt"] = core::to_rfc3339(delivery.due_at);
  }
  return document;
}

json to_json(const Attempt& attempt) {
  return {{"number", attempt.number},
          {"startedAt", core::to_rfc3339(attempt.started_at)},
          {"durationMs", static_cast<double>(attempt.duration.count()) / 1000},
          {"status", or_null(attempt.status)},
          {"error", or_null(attempt.error)}};
}

DeliveryStore::Query read_query(const Request& request, EndpointId endpoint,
                                core::FieldErrors& errors) {
  host::reject_unknown_parameters(request, {"state", "limit", "after"}, errors);
  DeliveryStore::Query query{.endpoint = endpoint};
  if (const auto state = request.query_value("state")) {
    query.state = delivery_state(*state);
    if (!query.state) {
      errors.push_back({"state", "must be due, parked, delivered, failed or canceled"});
    }
  }
  if (const auto after = request.query_value("after")) {
    query.page.after = delivery_position(*after);
    if (!query.page.after) errors.push_back({"after", "must be the sequence of a delivery"});
  }
  query.page.limit = host::page_limit(request, errors);
  return query;
}

/// What is sent of an event: kept by deliveries that are not made, else as the log has it; nothing
/// where both have lost it.
std::optional<WebhookMessage> message_at(const RouteServices& services, events::Seq seq) {
  auto kept = services.host.read(
      [&](storage::Session session) { return DeliveryStore(session).message(seq); });
  if (kept) return kept;
  const auto event = services.host.read_log(
      [&](storage::Session session) { return services.host.log().find(session, seq); });
  if (!event) return std::nullopt;
  return message_of(*event);
}

Response get_deliveries(const RouteServices& services, const Request& request) {
  const auto id = endpoint_of(request);
  if (!id) return no_such_endpoint(request);
  core::FieldErrors errors;
  const DeliveryStore::Query query = read_query(request, *id, errors);
  if (!errors.empty()) return host::bad_parameters(request, std::move(errors));
  std::optional<Endpoint> endpoint;
  DeliveryStore::Page page;
  services.host.read([&](storage::Session session) {
    endpoint = EndpointStore(session).find(*id);
    if (endpoint) page = DeliveryStore(session).page(query);
  });
  if (!endpoint) return no_such_endpoint(request);
  json listed = json::array();
  for (const Delivery& one : page.entries) {
    const auto message = message_at(services, one.seq);
    // Retention has just removed its event: it is about to go too.
    if (!message) continue;
    json delivery = to_json(one, *endpoint);
    delivery["kind"] = message->kind;
    delivery["webhookId"] = webhook_id(*message);
    listed.push_back(std::move(delivery));
  }
  return host::page_response("deliveries", std::move(listed), page.next);
}

Response get_delivery(const RouteServices& services, const Request& request) {
  const auto id = endpoint_of(request);
  const auto seq = delivery_position(request.path_value("sequence"));
  if (!id) return no_such_endpoint(request);
  if (!seq) return no_such_delivery(request);
  const auto message = message_at(services, *seq);
  return services.host.read([&](storage::Session session) {
    const auto endpoint = EndpointStore(session).find(*id);
    if (!endpoint) return no_such_endpoint(request);
    DeliveryStore deliveries(session);
    const auto delivery = deliveries.find(*id, *seq);
    if (!delivery || !message) return no_such_delivery(request);
    json document = to_json(*delivery, *endpoint);
    document["kind"] = message->kind;
    document["webhookId"] = webhook_id(*message);
    document["body"] = json::parse(message->body);
    document["history"] = json::array();
    for (const Attempt& attempt : deliveries.attempts(*id, *seq))
      document["history"].push_back(to_json(attempt));
    return host::json_response(200, document);
  });
}

awaitable<Response> post_resend(RouteServices& services, const Request& request) {
  const auto id = endpoint_of(request);
  const auto seq = delivery_position(request.path_value("sequence"));
  if (!id) co_return no_such_endpoint(request);
  if (!seq) co_return no_such_delivery(request);
  const std::optional<WebhookMessage> message = message_at(services, *seq);
  auto body = [&](events::Turn& turn) {
    const Resending outcome = resend(turn, *id, *seq, message, services);
    if (outcome == Resending::begun) {
      host::keep_audit(turn, request, "resend-webhook",
                       {{"webhook", id->value().to_string()}, {"sequence", seq->value()}});
    }
    return outcome;
  };
  const Resending result = co_await services.host.write(request, body);
  switch (result) {
    case Resending::begun:
      break;
    case Resending::no_such_delivery:
      co_return no_such_delivery(request);
    case Resending::waits_anyway:
      co_return not_resendable(request, "It has not ended yet.");
    case Resending::disabled:
      co_return not_resendable(request, "The webhook is disabled; enable it first.");
  }
  const json document{{"resent", 1}};
  co_return host::json_response(202, document);
}

awaitable<Response> post_resend_failed(RouteServices& services, const Request& request) {
  const auto id = endpoint_of(request);
  if (!id) co_return no_such_endpoint(request);
  struct Result {
    Resending outcome;
    std::size_t count;
  };
  auto body = [&](events::Turn& turn) -> Result {
    const auto endpoint = EndpointStore(turn.db()).find(*id);
    if (!endpoint) return {Resending::no_such_delivery, 0};
    if (endpoint->state != EndpointState::enabled) return {Resending::disabled, 0};
    const std::size_t count = resend_failed(turn, *endpoint, resent_at_once, services);
    host::keep_audit(turn, request, "resend-failed-webhooks",
                     {{"webhook", id->value().to_string()}, {"resent", count}});
    return {Resending::begun, count};
  };
  const Result result = co_await services.host.write(request, body);
  if (result.outcome == Resending::no_such_delivery) co_return no_such_endpoint(request);
  if (result.outcome == Resending::disabled) {
    co_return not_resendable(request, "The webhook is disabled; enable it first.");
  }
  const json document{{"resent", result.count}, {"more", result.count == resent_at_once}};
  co_return host::json_response(202, document);
}

}  // namespace

void add_delivery_routes(host::Host& host, RouteServices& services) {
  using http::Method;
  host.route(Method::get, "/v1/webhooks/{id}/deliveries", host::admin_scope,
             [&services](Request& request) -> awaitable<Response> {
               co_return get_deliveries(services, request);
             });
  host.route(Method::get, "/v1/webhooks/{id}/deliveries/{sequence}", host::admin_scope,
             [&services](Request& request) -> awaitable<Response> {
               co_return get_delivery(services, request);
             });
  host.route(Method::post, "/v1/webhooks/{id}/deliveries/{sequence}/resend", host::admin_scope,
             [&services](Request& request) { return post_resend(services, request); });
  host.route(Method::post, "/v1/webhooks/{id}/resend-failed", host::admin_scope,
             [&services](Request& request) { return post_resend_failed(services, request); });
}

}  // namespace orderflow::webhooks
