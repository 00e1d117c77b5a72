#include "admin/replay_routes.hpp"

#include "core/json_pointer.hpp"
#include "events/operations/dead_letter_store.hpp"
#include "events/operations/replay_store.hpp"
#include "host/event_filter.hpp"
#include "host/json_body.hpp"
#include "http/message/problem.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <optional>
#include <string>
#include <utility>

namespace orderflow::admin {
namespace {

using boost::asio::awaitable;
using http::Request;
using http::Response;

constexpr std::size_t runs_shown_max = 100;
constexpr std::size_t filter_bytes_max = 500;

nlohmann::json replay_json(const events::BulkReplay& run) {
  nlohmann::json filter = nlohmann::json::object();
  const auto add = [&](const char* name, const std::optional<std::string>& value) {
    if (value) filter[name] = *value;
  };
  add("subscription", run.filter.subscription);
  add("kind", run.filter.kind);
  add("key", run.filter.key);
  add("error", run.filter.error);
  nlohmann::json document = {{"id", run.id.to_string()},
                             {"requestedAt", core::to_rfc3339(run.requested_at)},
                             {"requestedBy", run.actor},
                             {"filter", std::move(filter)},
                             {"state", run.finished_at ? "finished" : "running"},
                             {"matched", run.matched},
                             {"replayed", run.replayed},
                             {"finishedAt", nullptr}};
  if (run.finished_at) document["finishedAt"] = core::to_rfc3339(*run.finished_at);
  return document;
}

std::optional<std::string>* member(events::DeadLetterFilter& filter, std::string_view name) {
  if (name == "subscription") return &filter.subscription;
  if (name == "kind") return &filter.kind;
  if (name == "key") return &filter.key;
  return name == "error" ? &filter.error : nullptr;
}

events::DeadLetterFilter parse_filter(const nlohmann::json& body, const events::Catalog& catalog,
                                      core::FieldErrors& errors) {
  events::DeadLetterFilter filter;
  if (!body.is_object()) {
    errors.push_back({"", "must be an object; {} means all dead letters"});
    return filter;
  }
  for (const auto& [name, value] : body.items()) {
    if (errors.is_full()) break;
    auto* target = member(filter, name);
    if (target == nullptr) {
      errors.push_back({core::pointer_to("", name),
                        "is not a field of this object; there are: subscription, kind,"
                        " key, error"});
    } else if (!value.is_string() || value.get_ref<const std::string&>().empty() ||
               value.get_ref<const std::string&>().size() > filter_bytes_max) {
      errors.push_back({core::pointer_to("", name), "must be a text of 1 to 500 bytes"});
    } else {
      *target = value.get<std::string>();
    }
  }
  if (filter.key) filter.key = host::wanted_key(*filter.key);
  if (!filter.kind) return filter;
  if (auto fault = host::fault_of_kind(catalog, *filter.kind)) {
    errors.push_back({"/kind", *std::move(fault)});
  }
  return filter;
}

/// Between two pieces other work runs on this thread.
awaitable<std::int64_t> count(const AdminApi& admin, const events::DeadLetterFilter& filter) {
  std::int64_t matching = 0;
  std::optional<events::DeadLetterId> after;
  do {
    const auto counted = admin.read([&](storage::Session session) {
      return events::count_dead_letters(session, filter, after);
    });
    matching += counted.matching;
    after = counted.next;
    if (after) co_await boost::asio::post(boost::asio::use_awaitable);
  } while (after);
  co_return matching;
}

awaitable<Response> begin(const AdminApi& admin, Request& request) {
  const auto document = host::parse_json_body(request.body);
  if (!document) co_return host::malformed_json(request, document.error());
  core::FieldErrors errors;
  const events::DeadLetterFilter filter =
      parse_filter(*document, admin.services().log.catalog(), errors);
  if (!errors.empty()) {
    const http::Problem problem{422, "invalid-filter", "The filter is not valid",
                                "See errors for each field.", std::move(errors)};
    co_return http::problem_response(request, problem);
  }
  const std::int64_t matched = co_await count(admin, filter);
  const events::Actor actor = host::actor_of(request);
  auto operation = [&](events::Operations& operations, storage::Connection& connection) {
    return operations.replay_all(connection, actor, filter, matched);
  };
  const auto run = co_await admin.operate(request, operation);
  if (!run) co_return refused(request, run.error());
  Response response = host::json_response(202, replay_json(*run));
  response.headers.emplace_back("Location", "/v1/admin/replays/" + run->id.to_string());
  co_return response;
}

Response list(const AdminApi& admin) {
  const auto runs = admin.read([](storage::Session session) {
    return events::newest_bulk_replays(session, runs_shown_max);
  });
  nlohmann::json document = {{"replays", nlohmann::json::array()}};
  for (const auto& run : runs)
    document["replays"].push_back(replay_json(run));
  return host::json_response(200, document);
}

Response show_replays(const AdminApi& admin, const Request& request) {
  if (const auto id = core::Uuid::parse(request.path_value("id"))) {
    const auto run = admin.read(
        [&](storage::Session session) { return events::find_bulk_replay(session, *id); });
    if (run) return host::json_response(200, replay_json(*run));
  }
  const http::Problem problem{404, "replay-not-found", "There is no such replay",
                              "There is no replay " + std::string(request.path_value("id")) + "."};
  return http::problem_response(request, problem);
}

}  // namespace

void add_replay_routes(AdminApi& admin) {
  using http::Method;
  admin.route(Method::post, "/v1/admin/dead-letters/replay",
              [&admin](Request& request) { return begin(admin, request); });
  admin.route(Method::get, "/v1/admin/replays",
              [&admin](Request&) -> awaitable<Response> { co_return list(admin); });
  admin.route(Method::get, "/v1/admin/replays/{id}",
              [&admin](Request& request) -> awaitable<Response> {
                co_return show_replays(admin, request);
              });
}

}  // namespace orderflow::admin
