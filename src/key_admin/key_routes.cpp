#include "key_admin/key_routes.hpp"

#include "access/key_store.hpp"
#include "host/admin_scope.hpp"
#include "host/audit.hpp"
#include "host/json_body.hpp"
#include "host/object_reader.hpp"
#include "host/page.hpp"
#include "http/message/problem.hpp"
#include "key_admin/key_json.hpp"
#include "key_admin/key_operations.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::key_admin {
namespace {

using access::KeyRefusal;
using boost::asio::awaitable;
using http::Request;
using http::Response;

/// What the routes share; lives in their handlers.
struct Keys {
  const host::Host* host;
  access::KeyRing* ring;
  const access::ScopeCatalog* scopes;
};

Response key_refused(const Request& request, const KeyRefusal& refusal) {
  using Reason = KeyRefusal::Reason;
  http::Problem problem{409, "key-refused", "This cannot be done with the key", refusal.detail};
  switch (refusal.reason) {
    case Reason::no_such_key:
      problem.status = 404;
      problem.type = "key-not-found";
      problem.title = "There is no such key";
      break;
    case Reason::name_taken:
      problem.type = "key-name-taken";
      problem.title = "The name belongs to another key";
      break;
    case Reason::too_many:
      problem.type = "too-many-keys";
      problem.title = "There are too many keys";
      break;
    case Reason::has_ended:
      problem.type = "key-ended";
      problem.title = "The key is not valid any more";
      break;
  }
  return http::problem_response(request, problem);
}

Response invalid(const Request& request, core::FieldErrors errors) {
  const http::Problem problem{422, "invalid-key-request", "The request is not valid",
                              "See errors for each field.", std::move(errors)};
  return http::problem_response(request, problem);
}

std::optional<core::Duration> read_seconds(host::ObjectReader& reader, std::string_view name,
                                           std::int64_t min, core::Duration max) {
  const std::int64_t most = std::chrono::duration_cast<std::chrono::seconds>(max).count();
  const auto seconds = reader.whole_number(
      name, false, min, most,
      "must be a whole number from " + std::to_string(min) + " to " + std::to_string(most));
  if (!seconds) return std::nullopt;
  return std::chrono::seconds(*seconds);
}

/// Nothing where it is no list of names of scopes.
std::optional<access::Scopes> scopes_in(const nlohmann::json& list,
                                        const access::ScopeCatalog& catalog) {
  if (!list.is_array() || !std::ranges::all_of(list, &nlohmann::json::is_string)) {
    return std::nullopt;
  }
  return catalog.select(list.get<std::vector<std::string>>());
}

access::Scopes read_scopes(host::ObjectReader& reader, const access::ScopeCatalog& catalog) {
  const nlohmann::json* given = reader.find("scopes", true);
  if (!given) return {};
  auto scopes = scopes_in(*given, catalog);
  if (scopes && !scopes->empty()) return std::move(*scopes);
  std::string allowed;
  for (const std::string& name : catalog.names())
    allowed += (allowed.empty() ? "" : ", ") + name;
  reader.fail("scopes", "must be a list of one or more of " + allowed);
  return {};
}

access::NewKey read_new_key(const nlohmann::json& body, const access::ScopeCatalog& catalog,
                            core::FieldErrors& errors) {
  host::ObjectReader reader(body, "", errors);
  reader.reject_unknown({"name", "scopes", "expiresInSeconds"});
  access::NewKey new_key{.name = reader.id("name", true), .scopes = read_scopes(reader, catalog)};
  if (!new_key.name.empty() && !access::is_key_name(new_key.name)) {
    reader.fail("name",
                "must be 1 to 64 letters, digits, dots, hyphens or underscores, and not \"local\"");
  }
  new_key.lifetime = read_seconds(reader, "expiresInSeconds", 1, access::lifetime_max);
  return new_key;
}

/// Runs `operation(Connection&)` on the writer; its outcome takes effect with the commit.
template <class Operation>
auto change(const Keys& keys, const Request& request, Operation& operation)
    -> awaitable<std::invoke_result_t<Operation&, storage::Connection&>> {
  auto body = [&](events::Turn& turn) {
    auto outcome = operation(turn.db().connection());
    if (outcome) {
      turn.after_commit(
          [ring = keys.ring, all = access::all_keys(turn.db())] { ring->replace(all); });
    }
    return outcome;
  };
  auto outcome = co_await keys.host->write(request, body, events::Urgency::of_operator);
  co_return outcome;
}

awaitable<Response> create(Keys keys, Request& request) {
  const auto body = host::parse_json_body(request.body);
  if (!body) co_return host::malformed_json(request, body.error());
  core::FieldErrors errors;
  if (!body->is_object()) {
    errors.push_back({"", "must be an object"});
    co_return invalid(request, std::move(errors));
  }
  const access::NewKey new_key = read_new_key(*body, *keys.scopes, errors);
  if (!errors.empty()) co_return invalid(request, std::move(errors));
  const events::Actor actor = host::actor_of(request);
  const core::Timestamp now = keys.host->clock().now();
  auto operation = [&](storage::Connection& connection) {
    return create_key(connection, actor, new_key, now);
  };
  const auto made = co_await change(keys, request, operation);
  co_return made ? host::json_response(201, to_json(*made, now))
                 : key_refused(request, made.error());
}

awaitable<Response> rotate(Keys keys, Request& request) {
  core::Duration overlap = access::overlap_default;
  if (!request.body.empty()) {
    const auto body = host::parse_json_body(request.body);
    if (!body) co_return host::malformed_json(request, body.error());
    core::FieldErrors errors;
    if (body->is_object()) {
      host::ObjectReader reader(*body, "", errors);
      reader.reject_unknown({"overlapSeconds"});
      overlap = read_seconds(reader, "overlapSeconds", 0, access::overlap_max).value_or(overlap);
    } else {
      errors.push_back({"", "must be an object"});
    }
    if (!errors.empty()) co_return invalid(request, std::move(errors));
  }
  const events::Actor actor = host::actor_of(request);
  const core::Timestamp now = keys.host->clock().now();
  auto operation = [&](storage::Connection& connection) {
    return rotate_key(connection, actor, request.path_value("id"), overlap, now);
  };
  const auto made = co_await change(keys, request, operation);
  co_return made ? host::json_response(201, to_json(*made, now))
                 : key_refused(request, made.error());
}

awaitable<Response> revoke(Keys keys, Request& request) {
  const events::Actor actor = host::actor_of(request);
  const core::Timestamp now = keys.host->clock().now();
  auto operation = [&](storage::Connection& connection) {
    return revoke_key(connection, actor, request.path_value("id"), now);
  };
  const auto key = co_await change(keys, request, operation);
  co_return key ? host::json_response(200, to_json(*key, now)) : key_refused(request, key.error());
}

Response list(const Keys& keys, const Request& request) {
  core::FieldErrors errors;
  host::reject_unknown_parameters(request, {}, errors);
  if (!errors.empty()) return host::bad_parameters(request, std::move(errors));
  const auto all =
      keys.host->read([](storage::Session session) { return access::all_keys(session); });
  return host::json_response(200, to_json(all, keys.host->clock().now()));
}

Response show_own(const Keys& keys, const Request& request) {
  core::FieldErrors errors;
  host::reject_unknown_parameters(request, {}, errors);
  if (!errors.empty()) return host::bad_parameters(request, std::move(errors));
  nlohmann::json document = {{"required", keys.ring->is_required()},
                             {"name", request.client_name()},
                             {"scopes", nlohmann::json::array()}};
  for (const core::Scope scope : keys.scopes->all()) {
    if (keys.ring->still_authorizes(request, scope)) document["scopes"].push_back(scope.name());
  }
  return host::json_response(200, document);
}

}  // namespace

void add_key_routes(host::Host& host, access::KeyRing& ring, const access::ScopeCatalog& scopes) {
  using http::Access;
  using http::Method;
  const Keys keys{&host, &ring, &scopes};
  host.route(
      Method::get, "/v1/key", Access::any_key,
      [keys](Request& request) -> awaitable<Response> { co_return show_own(keys, request); });
  host.route(Method::get, "/v1/admin/keys", host::admin_scope,
             [keys](Request& request) -> awaitable<Response> { co_return list(keys, request); });
  host.route(Method::post, "/v1/admin/keys", host::admin_scope,
             [keys](Request& request) { return create(keys, request); });
  host.route(Method::post, "/v1/admin/keys/{id}/rotate", host::admin_scope,
             [keys](Request& request) { return rotate(keys, request); });
  host.route(Method::del, "/v1/admin/keys/{id}", host::admin_scope,
             [keys](Request& request) { return revoke(keys, request); });
}

}  // namespace orderflow::key_admin
