#include "delivery_store.hpp"

#include "storage/rows_looked_at.hpp"

#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

namespace orderflow::webhooks {
namespace {

using events::Seq;

const std::string delivery_columns =
    "endpoint_id, seq, key, state, attempts, attempts_before, due_at, created_at, ended_at,"
    " last_status, last_error";

const std::string insert_delivery =
    "INSERT INTO webhooks_delivery(" + delivery_columns +
    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT DO NOTHING";

// Unless an index is named, the planner would go through all deliveries of an endpoint by their
// key.
#define BY_DUE " INDEXED BY webhooks_delivery_due"
#define BY_WAITING " INDEXED BY webhooks_delivery_waiting"
#define BY_FAILED " INDEXED BY webhooks_delivery_failed"
#define BY_UNDELIVERED " INDEXED BY webhooks_delivery_undelivered"

const std::string select_deliveries = "SELECT " + delivery_columns + " FROM webhooks_delivery";
const std::string select_delivery = select_deliveries + " WHERE endpoint_id = ?1 AND seq = ?2";
const std::string select_due =
    select_deliveries + BY_DUE
    " WHERE endpoint_id = ?1 AND state = 'due' AND seq > ?2 ORDER BY due_at, seq LIMIT ?3";
const std::string select_delivery_page =
    select_deliveries + " WHERE endpoint_id = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3";
const std::string select_failed =
    select_deliveries + BY_FAILED
    " WHERE endpoint_id = ?1 AND state = 'failed' ORDER BY seq LIMIT ?2";

Delivery delivery_from_row(const storage::Rows& rows) {
  const auto state = delivery_state(rows.get<std::string_view>(3));
  if (!state) throw std::logic_error("a webhook delivery is in no known state");
  return {.endpoint = EndpointId{rows.get<core::Uuid>(0)},
          .seq = Seq{rows.get<std::int64_t>(1)},
          .key = rows.get<std::string>(2),
          .state = *state,
          .attempts = rows.get<int>(4),
          .attempts_before = rows.get<int>(5),
          .due_at = rows.get<core::Timestamp>(6),
          .created_at = rows.get<core::Timestamp>(7),
          .ended_at = rows.get<std::optional<core::Timestamp>>(8),
          .last_status = rows.get<std::optional<unsigned>>(9),
          .last_error = rows.get<std::optional<std::string>>(10)};
}

Seq position_from_row(const storage::Rows& rows) {
  return Seq{rows.get<std::int64_t>(0)};
}

}  // namespace

std::vector<Delivery> DeliveryStore::due(EndpointId endpoint, Seq canceled_to, std::size_t limit) {
  return storage::read_all(session_.query(select_due, endpoint.value(), canceled_to.value(), limit),
                           delivery_from_row);
}

std::optional<WebhookMessage> DeliveryStore::message(Seq seq) {
  auto rows = session_.query(
      "SELECT event_id, kind, correlation_id, traceparent, body FROM webhooks_message"
      " WHERE seq = ?1",
      seq.value());
  if (!rows.next()) return std::nullopt;
  return WebhookMessage{.seq = seq,
                        .event_id = rows.get<core::Uuid>(0),
                        .kind = rows.get<std::string>(1),
                        .correlation_id = rows.get<std::string>(2),
                        .traceparent = rows.get<std::string>(3),
                        .body = rows.get<std::string>(4)};
}

std::optional<Delivery> DeliveryStore::find(EndpointId endpoint, Seq seq) {
  auto rows = session_.query(select_delivery, endpoint.value(), seq.value());
  if (!rows.next()) return std::nullopt;
  return delivery_from_row(rows);
}

Seq DeliveryStore::newest(EndpointId endpoint) {
  auto rows =
      session_.query("SELECT coalesce(max(seq), 0) FROM webhooks_delivery WHERE endpoint_id = ?1",
                     endpoint.value());
  rows.next();
  return Seq{rows.get<std::int64_t>(0)};
}

bool DeliveryStore::has(EndpointId endpoint, Seq seq) {
  auto rows = session_.query("SELECT 1 FROM webhooks_delivery WHERE endpoint_id = ?1 AND seq = ?2",
                             endpoint.value(), seq.value());
  return rows.next();
}

bool DeliveryStore::insert(const Delivery& delivery) {
  return session_.execute(insert_delivery, delivery.endpoint.value(), delivery.seq.value(),
                          delivery.key, to_string(delivery.state), delivery.attempts,
                          delivery.attempts_before, delivery.due_at, delivery.created_at,
                          delivery.ended_at, delivery.last_status, delivery.last_error) == 1;
}

void DeliveryStore::keep_message(const WebhookMessage& message) {
  session_.execute(
      "INSERT INTO webhooks_message(seq, event_id, kind, correlation_id, traceparent, body)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
      message.seq.value(), message.event_id, message.kind, message.correlation_id,
      message.traceparent, message.body);
}

void DeliveryStore::drop_message_if_made(Seq seq) {
  session_.execute(
      "DELETE FROM webhooks_message WHERE seq = ?1 AND NOT EXISTS"
      " (SELECT 1 FROM webhooks_delivery" BY_UNDELIVERED
      " WHERE seq = ?1 AND state <> 'delivered')",
      seq.value());
}

void DeliveryStore::update(const Delivery& delivery) {
  session_.execute(
      "UPDATE webhooks_delivery SET state = ?3, attempts = ?4, attempts_before = ?5,"
      " due_at = ?6, ended_at = ?7, last_status = ?8, last_error = ?9"
      " WHERE endpoint_id = ?1 AND seq = ?2",
      delivery.endpoint.value(), delivery.seq.value(), to_string(delivery.state), delivery.attempts,
      delivery.attempts_before, delivery.due_at, delivery.ended_at, delivery.last_status,
      delivery.last_error);
}

void DeliveryStore::insert_attempt(EndpointId endpoint, Seq seq, const Attempt& attempt) {
  session_.execute(
      "INSERT INTO webhooks_attempt(endpoint_id, seq, number, started_at, duration_us,"
      " status, error) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
      endpoint.value(), seq.value(), attempt.number, attempt.started_at, attempt.duration.count(),
      attempt.status, attempt.error);
}

bool DeliveryStore::is_waited_for(EndpointId endpoint, std::string_view key, Seq canceled_to) {
  auto rows = session_.query("SELECT 1 FROM webhooks_delivery" BY_WAITING
                             " WHERE endpoint_id = ?1 AND key = ?2"
                             " AND seq > ?3 AND state IN ('due', 'parked') LIMIT 1",
                             endpoint.value(), key, canceled_to.value());
  return rows.next();
}

void DeliveryStore::release_next(EndpointId endpoint, std::string_view key, Seq canceled_to,
                                 core::Timestamp now) {
  session_.execute(
      "UPDATE webhooks_delivery SET state = 'due', due_at = ?4"
      " WHERE endpoint_id = ?1 AND state = 'parked' AND seq ="
      " (SELECT min(seq) FROM webhooks_delivery" BY_WAITING
      " WHERE endpoint_id = ?1 AND key = ?2"
      " AND seq > ?3 AND state IN ('due', 'parked'))",
      endpoint.value(), key, canceled_to.value(), now);
}

DeliveryStore::Page DeliveryStore::page(const Query& query) {
  const host::PageRequest<Seq>& wanted = query.page;
  const std::int64_t before =
      wanted.after ? wanted.after->value() : std::numeric_limits<std::int64_t>::max();
  const std::size_t look_at_max = query.state ? storage::rows_looked_at_max : wanted.limit;
  std::size_t looked_at = 0;
  std::optional<Seq> last;
  Page page;
  // One more tells whether there is a next page.
  auto rows = session_.query(select_delivery_page, query.endpoint.value(), before, look_at_max + 1);
  while (rows.next()) {
    if (page.entries.size() == wanted.limit || looked_at == look_at_max) {
      page.next = last;
      return page;
    }
    ++looked_at;
    last = Seq{rows.get<std::int64_t>(1)};
    if (query.state && rows.get<std::string_view>(3) != to_string(*query.state)) continue;
    page.entries.push_back(delivery_from_row(rows));
  }
  return page;
}

std::vector<Attempt> DeliveryStore::attempts(EndpointId endpoint, Seq seq) {
  auto rows = session_.query(
      "SELECT number, started_at, duration_us, status, error FROM webhooks_attempt"
      " WHERE endpoint_id = ?1 AND seq = ?2 ORDER BY number",
      endpoint.value(), seq.value());
  std::vector<Attempt> attempts;
  while (rows.next()) {
    attempts.push_back({.number = rows.get<int>(0),
                        .started_at = rows.get<core::Timestamp>(1),
                        .duration = core::Duration{rows.get<std::int64_t>(2)},
                        .status = rows.get<std::optional<unsigned>>(3),
                        .error = rows.get<std::optional<std::string>>(4)});
  }
  return attempts;
}

std::size_t DeliveryStore::count_in(EndpointId endpoint, Seq after, Seq upto) {
  auto rows = session_.query(
      "SELECT count(*) FROM webhooks_delivery WHERE endpoint_id = ?1 AND seq > ?2 AND seq <= ?3",
      endpoint.value(), after.value(), upto.value());
  rows.next();
  return rows.get<std::size_t>(0);
}

std::size_t DeliveryStore::count_waiting(EndpointId endpoint, Seq canceled_to) {
  auto rows = session_.query("SELECT count(*) FROM webhooks_delivery" BY_WAITING
                             " WHERE endpoint_id = ?1"
                             " AND state IN ('due', 'parked') AND seq > ?2",
                             endpoint.value(), canceled_to.value());
  rows.next();
  return rows.get<std::size_t>(0);
}

std::vector<Delivery> DeliveryStore::failed(EndpointId endpoint, std::size_t limit) {
  return storage::read_all(session_.query(select_failed, endpoint.value(), limit),
                           delivery_from_row);
}

std::size_t DeliveryStore::cancel_waiting(EndpointId endpoint, Seq canceled_to, std::size_t limit,
                                          core::Timestamp now) {
  const auto found = storage::read_all(session_.query("SELECT seq FROM webhooks_delivery" BY_WAITING
                                                      " WHERE endpoint_id = ?1 AND seq <= ?2"
                                                      " AND state IN ('due', 'parked') LIMIT ?3",
                                                      endpoint.value(), canceled_to.value(), limit),
                                       position_from_row);
  for (const Seq seq : found) {
    session_.execute(
        "UPDATE webhooks_delivery SET state = 'canceled', ended_at = ?3"
        " WHERE endpoint_id = ?1 AND seq = ?2",
        endpoint.value(), seq.value(), now);
  }
  return found.size();
}

std::vector<Seq> DeliveryStore::ended_before(EndpointId endpoint, core::Timestamp time,
                                             std::size_t limit) {
  // They end about in their order: those behind have another turn when these are gone.
  return storage::read_all(
      session_.query("SELECT seq FROM (SELECT seq, ended_at FROM webhooks_delivery"
                     " WHERE endpoint_id = ?1 ORDER BY seq LIMIT ?4) AS oldest WHERE ended_at < ?2 "
                     "ORDER BY seq LIMIT ?3",
                     endpoint.value(), time, limit, storage::rows_looked_at_max),
      position_from_row);
}

std::vector<Seq> DeliveryStore::ended_to(EndpointId endpoint, Seq upto, std::size_t limit) {
  return storage::read_all(
      session_.query(
          "SELECT seq FROM (SELECT seq, ended_at FROM webhooks_delivery WHERE endpoint_id = ?1"
          " AND seq <= ?2 ORDER BY seq LIMIT ?4) AS oldest WHERE ended_at IS NOT NULL ORDER BY seq "
          "LIMIT ?3",
          endpoint.value(), upto.value(), limit, storage::rows_looked_at_max),
      position_from_row);
}

std::vector<Seq> DeliveryStore::any(EndpointId endpoint, std::size_t limit) {
  return storage::read_all(
      session_.query(
          "SELECT seq FROM webhooks_delivery WHERE endpoint_id = ?1 ORDER BY seq LIMIT ?2",
          endpoint.value(), limit),
      position_from_row);
}

void DeliveryStore::remove(EndpointId endpoint, Seq seq) {
  session_.execute("DELETE FROM webhooks_attempt WHERE endpoint_id = ?1 AND seq = ?2",
                   endpoint.value(), seq.value());
  session_.execute("DELETE FROM webhooks_delivery WHERE endpoint_id = ?1 AND seq = ?2",
                   endpoint.value(), seq.value());
  drop_message_if_made(seq);
}

}  // namespace orderflow::webhooks
