#include "admin/subscription_routes.hpp"

#include "events/dispatcher.hpp"
#include "events/flow_status.hpp"
#include "events/operations/operations.hpp"
#include "host/json_body.hpp"
#include "host/page.hpp"
#include "monitoring/oldest_waiting.hpp"

#include <algorithm>
#include <chrono>
#include <string>

namespace orderflow::admin {
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
                             {"held", subscription.gate_closed},
                             {"cursor", subscription.finished_to.value()},
                             {"lag", flow.newest.value() - subscription.finished_to.value()},
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
  if (const auto oldest =
          monitoring::oldest_waiting(services, session, subscription, flow.newest)) {
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

Response list_subscriptions(const AdminApi& admin, const Request& request) {
  core::FieldErrors errors;
  host::reject_unknown_parameters(request, {}, errors);
  if (!errors.empty()) return host::bad_parameters(request, std::move(errors));
  const events::FlowStatus flow = admin.services().dispatcher.status();
  nlohmann::json document = {{"newest", flow.newest.value()},
                             {"subscriptions", nlohmann::json::array()},
                             {"notHosted", nlohmann::json::array()}};
  admin.read([&](storage::Session session) {
    for (const events::SubscriptionStatus& subscription : flow.subscriptions)
      document["subscriptions"].push_back(
          subscription_json(admin.services(), session, subscription, flow));
    for (const auto& cursor : admin.services().dispatcher.unhosted(session))
      document["notHosted"].push_back(cursor_json(cursor, flow.newest));
  });
  return host::json_response(200, document);
}

Response show_subscription(const AdminApi& admin, const Request& request) {
  const events::FlowStatus flow = admin.services().dispatcher.status();
  const std::string name(request.path_value("name"));
  const auto subscription =
      std::ranges::find(flow.subscriptions, name, &events::SubscriptionStatus::name);
  if (subscription == flow.subscriptions.end()) {
    return refused(request, {events::Refusal::Reason::no_such_subscription,
                             "There is no subscription " + name + "."});
  }
  return host::json_response(200, admin.read([&](storage::Session session) {
    return subscription_json(admin.services(), session, *subscription, flow);
  }));
}

awaitable<Response> set_paused(const AdminApi& admin, Request& request, bool paused) {
  const events::Actor actor = host::actor_of(request);
  auto operation = [&](events::Operations& operations, storage::Connection& connection) {
    return operations.set_paused(connection, actor, request.path_value("name"), paused);
  };
  const auto done = co_await admin.operate(request, operation);
  co_return done ? show_subscription(admin, request) : refused(request, done.error());
}

/// In writes of a bounded size, so that others run in between.
awaitable<Response> forget(const AdminApi& admin, Request& request) {
  const events::Actor actor = host::actor_of(request);
  auto operation = [&](events::Operations& operations, storage::Connection& connection) {
    return operations.forget(connection, actor, request.path_value("name"));
  };
  for (;;) {
    const auto forgotten = co_await admin.operate(request, operation);
    if (!forgotten) co_return refused(request, forgotten.error());
    if (*forgotten) break;
  }
  Response response;
  response.status = 204;
  co_return response;
}

awaitable<Response> rebuild(const AdminApi& admin, Request& request) {
  const events::Actor actor = host::actor_of(request);
  auto operation = [&](events::Operations& operations, storage::Connection& connection) {
    return operations.rebuild(connection, actor, request.path_value("name"));
  };
  const auto begun = co_await admin.operate(request, operation);
  if (!begun) co_return refused(request, begun.error());
  Response response = host::json_response(202, rebuild_json(*begun));
  response.headers.emplace_back("Location", "/v1/admin/subscriptions/" + begun->subscription);
  co_return response;
}

}  // namespace

void add_subscription_routes(AdminApi& admin) {
  using http::Method;
  const std::string one = "/v1/admin/subscriptions/{name}";
  admin.route(Method::get, "/v1/admin/subscriptions",
              [&admin](Request& request) -> awaitable<Response> {
                co_return list_subscriptions(admin, request);
              });
  admin.route(Method::get, one, [&admin](Request& request) -> awaitable<Response> {
    co_return show_subscription(admin, request);
  });
  admin.route(Method::post, one + "/pause",
              [&admin](Request& request) { return set_paused(admin, request, true); });
  admin.route(Method::post, one + "/resume",
              [&admin](Request& request) { return set_paused(admin, request, false); });
  admin.route(Method::post, one + "/forget",
              [&admin](Request& request) { return forget(admin, request); });
  admin.route(Method::post, one + "/rebuild",
              [&admin](Request& request) { return rebuild(admin, request); });
}

}  // namespace orderflow::admin
