#include "webhooks/endpoint_store.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace orderflow::notifications::webhooks {
namespace {

#define ENDPOINT_COLUMNS                                                             \
  "id, url, description, kinds, state, disabled_because, secret, previous_secret,"   \
  " previous_until, wanted_after, canceled_to, failures, failing_since, created_at," \
  " updated_at, known_after"

Endpoint endpoint_of(const storage::Rows& rows) {
  const auto kinds = nlohmann::json::parse(rows.get<std::string_view>(3));
  return {.id = EndpointId{rows.get<core::Uuid>(0)},
          .url = rows.get<std::string>(1),
          .description = rows.get<std::string>(2),
          .kinds = kinds.get<std::vector<std::string>>(),
          .state = endpoint_state(rows.get<std::string_view>(4)),
          .disabled_because = rows.get<std::optional<std::string>>(5),
          .secret = rows.get<std::string>(6),
          .previous_secret = rows.get<std::optional<std::string>>(7),
          .previous_until = rows.get<std::optional<core::Timestamp>>(8),
          .wanted_after = events::Seq{rows.get<std::int64_t>(9)},
          .known_after = events::Seq{rows.get<std::int64_t>(15)},
          .canceled_to = events::Seq{rows.get<std::int64_t>(10)},
          .failures = rows.get<int>(11),
          .failing_since = rows.get<std::optional<core::Timestamp>>(12),
          .created_at = rows.get<core::Timestamp>(13),
          .updated_at = rows.get<core::Timestamp>(14)};
}

std::optional<Endpoint> first_of(storage::Rows rows) {
  if (!rows.next()) return std::nullopt;
  return endpoint_of(rows);
}

std::vector<EndpointId> ids_of(storage::Rows rows) {
  std::vector<EndpointId> ids;
  while (rows.next())
    ids.emplace_back(rows.get<core::Uuid>(0));
  return ids;
}

}  // namespace

void EndpointStore::insert(const Endpoint& endpoint) {
  session_.execute(
      "INSERT INTO notifications_webhook_endpoint(" ENDPOINT_COLUMNS
      ", removed_to) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,"
      " 0)",
      endpoint.id.value(), endpoint.url, endpoint.description,
      nlohmann::json(endpoint.kinds).dump(), to_string(endpoint.state), endpoint.disabled_because,
      endpoint.secret, endpoint.previous_secret, endpoint.previous_until,
      endpoint.wanted_after.value(), endpoint.canceled_to.value(), endpoint.failures,
      endpoint.failing_since, endpoint.created_at, endpoint.updated_at,
      endpoint.known_after.value());
}

void EndpointStore::update(const Endpoint& endpoint) {
  session_.execute(
      "UPDATE notifications_webhook_endpoint SET url = ?2, description = ?3, kinds = ?4,"
      " state = ?5, disabled_because = ?6, secret = ?7, previous_secret = ?8, previous_until = ?9,"
      " wanted_after = ?10, canceled_to = ?11, failures = ?12, failing_since = ?13,"
      " updated_at = ?14, known_after = ?15 WHERE id = ?1",
      endpoint.id.value(), endpoint.url, endpoint.description,
      nlohmann::json(endpoint.kinds).dump(), to_string(endpoint.state), endpoint.disabled_because,
      endpoint.secret, endpoint.previous_secret, endpoint.previous_until,
      endpoint.wanted_after.value(), endpoint.canceled_to.value(), endpoint.failures,
      endpoint.failing_since, endpoint.updated_at, endpoint.known_after.value());
}

std::optional<Endpoint> EndpointStore::find_any(EndpointId id) {
  return first_of(session_.query(
      "SELECT " ENDPOINT_COLUMNS " FROM notifications_webhook_endpoint WHERE id = ?1", id.value()));
}

std::optional<Endpoint> EndpointStore::find(EndpointId id) {
  auto endpoint = find_any(id);
  if (endpoint && endpoint->state == EndpointState::deleted) endpoint.reset();
  return endpoint;
}

std::vector<Endpoint> EndpointStore::read_all(storage::Rows rows) {
  std::vector<Endpoint> endpoints;
  while (rows.next())
    endpoints.push_back(endpoint_of(rows));
  return endpoints;
}

std::vector<Endpoint> EndpointStore::page(std::optional<EndpointId> after, std::size_t limit) {
  const core::Uuid start = after ? after->value() : core::Uuid{};
  return read_all(
      session_.query("SELECT " ENDPOINT_COLUMNS
                     " FROM notifications_webhook_endpoint WHERE id > ?1 AND state <> 'deleted'"
                     " ORDER BY id LIMIT ?2",
                     start, limit));
}

std::vector<Endpoint> EndpointStore::enabled() {
  return read_all(session_.query("SELECT " ENDPOINT_COLUMNS
                                 " FROM notifications_webhook_endpoint WHERE state = 'enabled'"
                                 " ORDER BY id"));
}

std::vector<EndpointId> EndpointStore::ids_in(EndpointState state) {
  return ids_of(
      session_.query("SELECT id FROM notifications_webhook_endpoint WHERE state = ?1 ORDER BY id",
                     to_string(state)));
}

std::vector<EndpointId> EndpointStore::with_cancellation() {
  return ids_of(
      session_.query("SELECT id FROM notifications_webhook_endpoint WHERE canceled_to > 0"
                     " AND state <> 'deleted' ORDER BY id"));
}

std::size_t EndpointStore::count() {
  auto rows = session_.query(
      "SELECT count(*) FROM notifications_webhook_endpoint WHERE state <> 'deleted'");
  rows.next();
  return rows.get<std::size_t>(0);
}

bool EndpointStore::has_any() {
  auto rows = session_.query("SELECT 1 FROM notifications_webhook_endpoint LIMIT 1");
  return rows.next();
}

void EndpointStore::forget_cancellation(EndpointId id) {
  session_.execute("UPDATE notifications_webhook_endpoint SET canceled_to = 0 WHERE id = ?1",
                   id.value());
}

events::Seq EndpointStore::removed_to(EndpointId id) {
  auto rows = session_.query("SELECT removed_to FROM notifications_webhook_endpoint WHERE id = ?1",
                             id.value());
  return rows.next() ? events::Seq{rows.get<std::int64_t>(0)} : events::Seq{0};
}

void EndpointStore::note_removed(EndpointId id, events::Seq seq) {
  session_.execute(
      "UPDATE notifications_webhook_endpoint SET removed_to = ?2 WHERE id = ?1 AND removed_to < ?2",
      id.value(), seq.value());
}

void EndpointStore::remove(EndpointId id) {
  session_.execute("DELETE FROM notifications_webhook_endpoint WHERE id = ?1", id.value());
}

}  // namespace orderflow::notifications::webhooks
