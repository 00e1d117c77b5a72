#include "endpoint/endpoint_store.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace orderflow::webhooks {
namespace {

const std::string endpoint_columns =
    "id, url, description, kinds, state, disabled_because, secret, previous_secret,"
    " previous_until, cursor, canceled_to, failures, failing_since, created_at, updated_at,"
    " known_after, earlier, missed_after";

const std::string insert_endpoint =
    "INSERT INTO webhooks_endpoint(" + endpoint_columns +
    ", removed_to) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,"
    " ?17, ?18, 0)";

const std::string select_endpoint = "SELECT " + endpoint_columns + " FROM webhooks_endpoint ";
const std::string select_endpoint_of_id = select_endpoint + "WHERE id = ?1";
const std::string select_endpoint_page =
    select_endpoint + "WHERE id > ?1 AND state <> 'deleted' ORDER BY id LIMIT ?2";
const std::string select_enabled = select_endpoint + "WHERE state = 'enabled' ORDER BY id";

nlohmann::json to_json(const WantedKinds::Stretch& stretch) {
  nlohmann::json document{{"upto", stretch.upto.value()}, {"kinds", nullptr}};
  if (stretch.kinds) document["kinds"] = *stretch.kinds;
  return document;
}

std::string text_of(const std::vector<WantedKinds::Stretch>& earlier) {
  auto document = nlohmann::json::array();
  for (const WantedKinds::Stretch& stretch : earlier)
    document.push_back(to_json(stretch));
  return document.dump();
}

std::vector<WantedKinds::Stretch> stretches_of(std::string_view text) {
  std::vector<WantedKinds::Stretch> earlier;
  if (text == "[]") return earlier;
  for (const auto& one : nlohmann::json::parse(text)) {
    WantedKinds::Stretch& stretch = earlier.emplace_back();
    stretch.upto = events::Seq{one.at("upto").get<std::int64_t>()};
    if (!one.at("kinds").is_null()) stretch.kinds = one.at("kinds").get<Kinds>();
  }
  return earlier;
}

std::optional<events::Seq> seq_of(std::optional<std::int64_t> position) {
  return position ? std::optional(events::Seq{*position}) : std::nullopt;
}

std::optional<std::int64_t> value_of(std::optional<events::Seq> seq) {
  return seq ? std::optional(seq->value()) : std::nullopt;
}

Endpoint endpoint_from_row(const storage::Rows& rows) {
  const auto kinds = nlohmann::json::parse(rows.get<std::string_view>(3));
  return {.id = EndpointId{rows.get<core::Uuid>(0)},
          .url = rows.get<std::string>(1),
          .description = rows.get<std::string>(2),
          .wanted = {.kinds = kinds.get<Kinds>(),
                     .earlier = stretches_of(rows.get<std::string_view>(16))},
          .state = endpoint_state(rows.get<std::string_view>(4)),
          .disabled_because = rows.get<std::optional<std::string>>(5),
          .secret = rows.get<std::string>(6),
          .previous_secret = rows.get<std::optional<std::string>>(7),
          .previous_until = rows.get<std::optional<core::Timestamp>>(8),
          .cursor = events::Seq{rows.get<std::int64_t>(9)},
          .known_after = events::Seq{rows.get<std::int64_t>(15)},
          .canceled_to = events::Seq{rows.get<std::int64_t>(10)},
          .missed_after = seq_of(rows.get<std::optional<std::int64_t>>(17)),
          .failures = rows.get<int>(11),
          .failing_since = rows.get<std::optional<core::Timestamp>>(12),
          .created_at = rows.get<core::Timestamp>(13),
          .updated_at = rows.get<core::Timestamp>(14)};
}

EndpointId endpoint_id_from_row(const storage::Rows& rows) {
  return EndpointId{rows.get<core::Uuid>(0)};
}

}  // namespace

void EndpointStore::insert(const Endpoint& endpoint) {
  session_.execute(insert_endpoint, endpoint.id.value(), endpoint.url, endpoint.description,
                   nlohmann::json(endpoint.wanted.kinds).dump(), to_string(endpoint.state),
                   endpoint.disabled_because, endpoint.secret, endpoint.previous_secret,
                   endpoint.previous_until, endpoint.cursor.value(), endpoint.canceled_to.value(),
                   endpoint.failures, endpoint.failing_since, endpoint.created_at,
                   endpoint.updated_at, endpoint.known_after.value(),
                   text_of(endpoint.wanted.earlier), value_of(endpoint.missed_after));
}

void EndpointStore::update(const Endpoint& endpoint) {
  session_.execute(
      "UPDATE webhooks_endpoint SET url = ?2, description = ?3, kinds = ?4,"
      " state = ?5, disabled_because = ?6, secret = ?7, previous_secret = ?8, previous_until = ?9,"
      " cursor = ?10, canceled_to = ?11, failures = ?12, failing_since = ?13,"
      " updated_at = ?14, known_after = ?15, earlier = ?16, missed_after = ?17 WHERE id = ?1",
      endpoint.id.value(), endpoint.url, endpoint.description,
      nlohmann::json(endpoint.wanted.kinds).dump(), to_string(endpoint.state),
      endpoint.disabled_because, endpoint.secret, endpoint.previous_secret, endpoint.previous_until,
      endpoint.cursor.value(), endpoint.canceled_to.value(), endpoint.failures,
      endpoint.failing_since, endpoint.updated_at, endpoint.known_after.value(),
      text_of(endpoint.wanted.earlier), value_of(endpoint.missed_after));
}

void EndpointStore::move(EndpointId id, events::Seq cursor) {
  session_.execute("UPDATE webhooks_endpoint SET cursor = ?2 WHERE id = ?1", id.value(),
                   cursor.value());
}

std::optional<Endpoint> EndpointStore::find_any(EndpointId id) {
  return storage::read_first(session_.query(select_endpoint_of_id, id.value()), endpoint_from_row);
}

std::optional<Endpoint> EndpointStore::find(EndpointId id) {
  auto endpoint = find_any(id);
  if (endpoint && endpoint->state == EndpointState::deleted) endpoint.reset();
  return endpoint;
}

EndpointStore::Page EndpointStore::page(const host::PageRequest<EndpointId>& wanted) {
  const core::Uuid start = wanted.after ? wanted.after->value() : core::Uuid{};
  // One more tells whether there is a next page.
  auto found = storage::read_all(session_.query(select_endpoint_page, start, wanted.limit + 1),
                                 endpoint_from_row);
  return host::page_of<EndpointId>(std::move(found), wanted.limit);
}

std::vector<Endpoint> EndpointStore::enabled() {
  return storage::read_all(session_.query(select_enabled), endpoint_from_row);
}

std::vector<EndpointId> EndpointStore::ids_in(EndpointState state) {
  return storage::read_all(
      session_.query("SELECT id FROM webhooks_endpoint WHERE state = ?1 ORDER BY id",
                     to_string(state)),
      endpoint_id_from_row);
}

std::vector<EndpointId> EndpointStore::with_cancellation() {
  return storage::read_all(session_.query("SELECT id FROM webhooks_endpoint WHERE canceled_to > 0"
                                          " AND state <> 'deleted' ORDER BY id"),
                           endpoint_id_from_row);
}

std::size_t EndpointStore::count() {
  auto rows = session_.query("SELECT count(*) FROM webhooks_endpoint WHERE state <> 'deleted'");
  rows.next();
  return rows.get<std::size_t>(0);
}

bool EndpointStore::has_any() {
  auto rows = session_.query("SELECT 1 FROM webhooks_endpoint LIMIT 1");
  return rows.next();
}

void EndpointStore::forget_cancellation(EndpointId id) {
  session_.execute("UPDATE webhooks_endpoint SET canceled_to = 0 WHERE id = ?1", id.value());
}

events::Seq EndpointStore::removed_to(EndpointId id) {
  auto rows = session_.query("SELECT removed_to FROM webhooks_endpoint WHERE id = ?1", id.value());
  return rows.next() ? events::Seq{rows.get<std::int64_t>(0)} : events::Seq{0};
}

void EndpointStore::note_removed(EndpointId id, events::Seq seq) {
  session_.execute("UPDATE webhooks_endpoint SET removed_to = ?2 WHERE id = ?1 AND removed_to < ?2",
                   id.value(), seq.value());
}

void EndpointStore::remove(EndpointId id) {
  session_.execute("DELETE FROM webhooks_endpoint WHERE id = ?1", id.value());
}

}  // namespace orderflow::webhooks
