#include "subscription_routes.hpp"

#include "host/json_body.hpp"
#include "host/page.hpp"
#include "oldest_waiting.hpp"

#include <algorithm>
#include <chrono>
#include <string>

namespace orderflow::app {
namespace {

using boost::asio::awaitable;
using http::Request;
using http::Response;

nlohmann::json rebuild_json(const events::RebuildStatus& rebuild) {
  return {{"generation", rebuild.generation},
          {"startedAt", core::to_rfc3339(rebuild.started_at)},
          {"position", rebuild.position.value()},
          {"upto", rebuild.upto.value()}};
}

nlohmann::json subscription_json(const host::Services& services, storage::Session session,
                                 const events::SubscriptionStatus& subscription,
                                 const events::FlowStatus& flow) {
  const events::SubscriptionRecord& record = subscription.record;
  nlohmann::json document = {{"name", subscription.name},
                             {"module", subscription.module},
                             {"kinds", subscription.kinds},
                             {"paused", record.paused},
                             {"held", subscription.held},
                             {"cursor", subscription.settled.value()},
                             {"lag", flow.newest.value() - subscription.settled.value()},
                             {"oldestWaitingAt", nullptr},
                             {"oldestAgeSeconds", 0},
                             {"ratePerSecond", services.dispatcher.rate(subscription.name)},
                             {"handled", record.handled},
                             {"failedAttempts", record.failed},
                             {"inFlight", subscription.in_flight},
                             {"overdue", subscription.overdue},
                             {"retrying", record.retrying},
                             {"parked", record.parked},
                             {"dead", record.dead},
                             {"canRebuild", subscription.can_rebuild},
                             {"rebuild", nullptr}};
  if (const auto oldest = oldest_waiting(services, session, subscription, flow.newest)) {
    const auto age = std::chrono::duration<double>(services.clock.now() - *oldest);
    document["oldestWaitingAt"] = core::to_rfc3339(*oldest);
    document["oldestAgeSeconds"] = std::max(0.0, age.count());
  }
  for (const events::RebuildStatus& rebuild : flow.rebuilds) {
    if (rebuild.subscription == subscription.name) document["rebuild"] = rebuild_json(rebuild);
  }
  return document;
}

nlohmann::json cursor_json(const events::UnhostedCursor& cursor, events::Seq newest) {
  nlohmann::json document = {{"name", cursor.name},
                             {"module", nullptr},
                             {"cursor", cursor.cursor.value()},
                             {"held", newest.value() - cursor.cursor.value()},
                             {"retrying", cursor.retrying},
                             {"parked", cursor.parked},
                             {"dead", cursor.dead}};
  if (cursor.module) document["module"] = *cursor.module;
  return document;
}

Response list_subscriptions(const OperatorDesk& desk, const Request& request) {
  core::FieldErrors errors;
  host::reject_unknown_parameters(request, {}, errors);
  if (!errors.empty()) return host::bad_parameters(request, std::move(errors));
  const events::FlowStatus flow = desk.services().dispatcher.status();
  nlohmann::json document = {{"newest", flow.newest.value()},
                             {"subscriptions", nlohmann::json::array()},
                             {"notHosted", nlohmann::json::array()}};
  desk.read([&](storage::Session session) {
    for (const events::SubscriptionStatus& subscription : flow.subscriptions)
      document["subscriptions"].push_back(
          subscription_json(desk.services(), session, subscription, flow));
    for (const auto& cursor : desk.services().dispatcher.unhosted(session))
      document["notHosted"].push_back(cursor_json(cursor, flow.newest));
  });
  return host::json_response(200, document);
}

Response show_subscription(const OperatorDesk& desk, const Request& request) {
  const events::FlowStatus flow = desk.services().dispatcher.status();
  const std::string name(request.path_value("name"));
  const auto subscription =
      std::ranges::find(flow.subscriptions, name, &events::SubscriptionStatus::name);
  if (subscription == flow.subscriptions.end()) {
    return refused(request, {events::Refusal::Reason::no_such_subscription,
                             "There is no subscription " + name + "."});
  }
  return host::json_response(200, desk.read([&](storage::Session session) {
    return subscription_json(desk.services(), session, *subscription, flow);
  }));
}

awaitable<Response> set_paused(const OperatorDesk& desk, Request& request, bool paused) {
  const events::Actor actor = host::actor_of(request);
  auto operation = [&](events::Operations& operations, storage::Connection& connection) {
    return operations.set_paused(connection, actor, request.path_value("name"), paused);
  };
  const auto done = co_await desk.operate(request, operation);
  co_return done ? show_subscription(desk, request) : refused(request, done.error());
}

/// In writes of a bounded size, so that others get their turn.
awaitable<Response> forget(const OperatorDesk& desk, Request& request) {
  const events::Actor actor = host::actor_of(request);
  auto operation = [&](events::Operations& operations, storage::Connection& connection) {
    return operations.forget(connection, actor, request.path_value("name"));
  };
  for (;;) {
    const auto forgotten = co_await desk.operate(request, operation);
    if (!forgotten) co_return refused(request, forgotten.error());
    if (*forgotten) break;
  }
  Response response;
  response.status = 204;
  co_return response;
}

awaitable<Response> rebuild(const OperatorDesk& desk, Request& request) {
  const events::Actor actor = host::actor_of(request);
  auto operation = [&](events::Operations& operations, storage::Connection& connection) {
    return operations.rebuild(connection, actor, request.path_value("name"));
  };
  const auto begun = co_await desk.operate(request, operation);
  if (!begun) co_return refused(request, begun.error());
  Response response = host::json_response(202, rebuild_json(*begun));
  response.headers.emplace_back("Location", "/v1/admin/subscriptions/" + begun->subscription);
  co_return response;
}

}  // namespace

void add_subscription_routes(OperatorDesk& desk) {
  using http::Method;
  const std::string one = "/v1/admin/subscriptions/{name}";
  desk.route(Method::get, "/v1/admin/subscriptions",
             [&desk](Request& request) -> awaitable<Response> {
               co_return list_subscriptions(desk, request);
             });
  desk.route(Method::get, one, [&desk](Request& request) -> awaitable<Response> {
    co_return show_subscription(desk, request);
  });
  desk.route(Method::post, one + "/pause",
             [&desk](Request& request) { return set_paused(desk, request, true); });
  desk.route(Method::post, one + "/resume",
             [&desk](Request& request) { return set_paused(desk, request, false); });
  desk.route(Method::post, one + "/forget",
             [&desk](Request& request) { return forget(desk, request); });
  desk.route(Method::post, one + "/rebuild",
             [&desk](Request& request) { return rebuild(desk, request); });
}

}  // namespace orderflow::app
