#include "admin/dead_letter_routes.hpp"

#include "admin/dead_letter_json.hpp"
#include "core/json_pointer.hpp"
#include "core/readable_line.hpp"
#include "events/log/cloud_event.hpp"
#include "events/operations/dead_letter_store.hpp"
#include "events/records/attempt_store.hpp"
#include "host/event_filter.hpp"
#include "host/json_body.hpp"
#include "host/page.hpp"
#include "http/message/problem.hpp"

#include <optional>
#include <string>
#include <utility>

namespace orderflow::admin {
namespace {

using boost::asio::awaitable;
using events::DeadLetterId;
using http::Request;
using http::Response;

constexpr std::size_t attempts_shown_max = 200;
constexpr std::size_t parked_shown_max = 200;
constexpr std::size_t reason_bytes_max = 500;

Response no_such_letter(const Request& request) {
  const http::Problem problem{404, "dead-letter-not-found", "There is no such dead letter",
                              "There is no dead letter " + std::string(request.path_value("id")) +
                                  ". Its id is <subscription>:<sequence>."};
  return http::problem_response(request, problem);
}

Response unreadable_reason(const Request& request) {
  const http::Problem problem{
      422,
      "invalid-reason",
      "The reason cannot be read",
      "It is kept in the audit, and shown to people.",
      {{"reason",
        "must be UTF-8 without control characters and without marks that change the"
        " direction of text"}}};
  return http::problem_response(request, problem);
}

events::DeadLetterFilter read_filter(const Request& request) {
  events::DeadLetterFilter filter;
  const auto take = [&](std::string_view name, std::optional<std::string>& target) {
    if (const auto value = request.query_value(name)) target = std::string(*value);
  };
  take("subscription", filter.subscription);
  take("kind", filter.kind);
  take("key", filter.key);
  take("error", filter.error);
  if (filter.key) filter.key = host::wanted_key(*filter.key);
  return filter;
}

Response list_dead_letters(const AdminApi& admin, const Request& request) {
  core::FieldErrors errors;
  host::reject_unknown_parameters(
      request, {"subscription", "kind", "key", "error", "limit", "after"}, errors);
  std::optional<DeadLetterId> after;
  if (const auto text = request.query_value("after")) {
    after = DeadLetterId::parse(*text);
    if (!after) errors.push_back({"after", "must be the id of a dead letter"});
  }
  const std::size_t limit = host::page_limit(request, errors);
  if (!errors.empty()) return host::bad_parameters(request, std::move(errors));
  const events::DeadLetterFilter filter = read_filter(request);
  if (filter.kind && !filter.kind->empty()) {
    auto fault = host::fault_of_kind(admin.services().log.catalog(), *filter.kind);
    if (fault) return host::unknown_kind(request, *std::move(fault));
  }
  const auto page = admin.read([&](storage::Session session) {
    return events::list_dead_letters(session, filter, after, limit);
  });
  nlohmann::json letters = nlohmann::json::array();
  for (const auto& letter : page.letters)
    letters.push_back(to_json(letter));
  std::optional<std::string> next;
  if (page.next) next = page.next->to_text();
  return host::page_response("deadLetters", std::move(letters), std::move(next));
}

nlohmann::json detail(const host::Services& services, storage::Session session,
                      const events::DeadLetter& letter) {
  nlohmann::json document = to_json(letter);
  const auto event = services.log.find(session, letter.id.seq);
  document["event"] = cloud_event(*event);
  document["payload"] =
      nlohmann::json::parse(events::edited_payload(session, letter.id).value_or(event->payload()));
  document["editable"] = nlohmann::json::array();
  for (const std::string& member : services.log.editable(*event))
    document["editable"].push_back(core::pointer_to("", member));
  document["history"] = nlohmann::json::array();
  for (const auto& attempt : events::attempts_of_event(session, letter.id.subscription,
                                                       letter.id.seq, attempts_shown_max))
    document["history"].push_back(to_json(attempt));
  document["parkedBehind"] = nlohmann::json::array();
  for (const auto seq : events::parked_behind(session, letter.id, letter.key, parked_shown_max)) {
    const auto parked = services.log.find(session, seq);
    document["parkedBehind"].push_back(
        {{"sequence", seq.value()}, {"kind", parked ? parked->meta().kind : ""}});
  }
  return document;
}

Response show_letter(const AdminApi& admin, const Request& request) {
  const auto id = DeadLetterId::parse(request.path_value("id"));
  if (!id) return no_such_letter(request);
  const auto document = admin.read([&](storage::Session session) -> std::optional<nlohmann::json> {
    const auto letter = events::find_dead_letter(session, *id);
    if (!letter) return std::nullopt;
    return detail(admin.services(), session, *letter);
  });
  return document ? host::json_response(200, *document) : no_such_letter(request);
}

/// The body of a replay: `{"payload": {…}}`, or nothing.
struct ReplayBody {
  std::optional<nlohmann::json> payload{};
  std::optional<Response> bad{};
};

ReplayBody read_replay_body(const Request& request) {
  ReplayBody body;
  if (request.body.empty()) return body;
  const auto document = host::parse_json_body(request.body);
  if (!document) {
    body.bad = host::malformed_json(request, document.error());
    return body;
  }
  core::FieldErrors errors;
  if (!document->is_object()) errors.push_back({"", "must be an object"});
  for (const auto& [name, value] : document->items()) {
    if (name != "payload")
      errors.push_back({core::pointer_to("", name), "is not a field of this object"});
  }
  if (!errors.empty()) {
    const http::Problem problem{422, "invalid-replay", "The request is not valid",
                                "The body may hold payload, the event's payload as edited.",
                                std::move(errors)};
    body.bad = http::problem_response(request, problem);
    return body;
  }
  if (const auto payload = document->find("payload"); payload != document->end()) {
    body.payload = *payload;
  }
  return body;
}

bool wants_dry(const Request& request, core::FieldErrors& errors) {
  host::reject_unknown_parameters(request, {"dry"}, errors);
  const auto dry = request.query_value("dry");
  if (dry && *dry != "true" && *dry != "false") errors.push_back({"dry", "must be true or false"});
  return dry && *dry == "true";
}

/// An edited payload as its event's type and its subscription let it pass.
awaitable<events::Operated<events::Edit>> review(const AdminApi& admin, const Request& request,
                                                 const DeadLetterId& id,
                                                 const nlohmann::json& payload) {
  auto take = [&](events::Operations& operations, storage::Connection& connection) {
    return operations.take_edit(connection, id, payload);
  };
  const auto taken = co_await admin.operate(request, take);
  if (!taken) co_return taken.error();
  auto edit = co_await taken->review();
  co_return edit;
}

awaitable<Response> dry_run(const AdminApi& admin, const Request& request, const DeadLetterId& id,
                            const std::optional<events::Edit>& edit) {
  auto operation = [&](events::Operations& operations, storage::Connection& connection) {
    return operations.dry_run(connection, id, edit);
  };
  const auto result = co_await admin.operate(request, operation);
  if (!result) co_return refused(request, result.error());
  co_return host::json_response(200, to_json(*result));
}

awaitable<Response> replay(const AdminApi& admin, Request& request) {
  core::FieldErrors errors;
  const bool dry = wants_dry(request, errors);
  if (!errors.empty()) co_return host::bad_parameters(request, std::move(errors));
  const auto id = DeadLetterId::parse(request.path_value("id"));
  if (!id) co_return no_such_letter(request);
  ReplayBody body = read_replay_body(request);
  if (body.bad) co_return std::move(*body.bad);
  std::optional<events::Edit> edit;
  if (body.payload) {
    auto reviewed = co_await review(admin, request, *id, *body.payload);
    if (!reviewed) co_return refused(request, reviewed.error());
    edit = std::move(*reviewed);
  }
  if (dry) {
    Response response = co_await dry_run(admin, request, *id, edit);
    co_return response;
  }
  const events::Actor actor = host::actor_of(request);
  auto operation = [&](events::Operations& operations, storage::Connection& connection) {
    return operations.replay(connection, actor, *id, edit);
  };
  const auto done = co_await admin.operate(request, operation);
  if (!done) co_return refused(request, done.error());
  const nlohmann::json document = {{"id", id->to_text()}, {"state", "retrying"}};
  co_return host::json_response(202, document);
}

awaitable<Response> discard(const AdminApi& admin, Request& request) {
  core::FieldErrors errors;
  host::reject_unknown_parameters(request, {"reason"}, errors);
  const std::string reason(request.query_value("reason").value_or(""));
  if (reason.empty() || reason.size() > reason_bytes_max) {
    errors.push_back({"reason", "is required, 1 to 500 bytes: it is kept in the audit"});
  }
  if (!errors.empty()) co_return host::bad_parameters(request, std::move(errors));
  if (!core::is_readable_line(reason)) co_return unreadable_reason(request);
  const auto id = DeadLetterId::parse(request.path_value("id"));
  if (!id) co_return no_such_letter(request);
  const events::Actor actor = host::actor_of(request);
  auto operation = [&](events::Operations& operations, storage::Connection& connection) {
    return operations.discard(connection, actor, *id, reason);
  };
  const auto done = co_await admin.operate(request, operation);
  if (!done) co_return refused(request, done.error());
  Response response;
  response.status = 204;
  co_return response;
}

}  // namespace

void add_dead_letter_routes(AdminApi& admin) {
  using http::Method;
  const std::string one = "/v1/admin/dead-letters/{id}";
  admin.route(Method::get, "/v1/admin/dead-letters",
              [&admin](Request& request) -> awaitable<Response> {
                co_return list_dead_letters(admin, request);
              });
  admin.route(Method::get, one, [&admin](Request& request) -> awaitable<Response> {
    co_return show_letter(admin, request);
  });
  admin.route(Method::post, one + "/replay",
              [&admin](Request& request) { return replay(admin, request); });
  admin.route(Method::del, one, [&admin](Request& request) { return discard(admin, request); });
}

}  // namespace orderflow::admin
