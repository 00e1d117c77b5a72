#include "webhooks/delivery_store.hpp"

#include "storage/rows_looked_at.hpp"

#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

namespace orderflow::notifications::webhooks {
namespace {

using events::Seq;

// Without being told, the planner would go through all deliveries of an endpoint by their key.
#define BY_DUE " INDEXED BY notifications_webhook_delivery_due"
#define BY_WAITING " INDEXED BY notifications_webhook_delivery_waiting"
#define BY_FAILED " INDEXED BY notifications_webhook_delivery_failed"

#define DELIVERY_COLUMNS                                                           \
  "d.endpoint_id, d.seq, d.key, d.state, d.attempts, d.attempts_before, d.due_at," \
  " d.created_at, d.ended_at, d.last_status, d.last_error"

Delivery delivery_of(const storage::Rows& rows) {
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

std::vector<Delivery> deliveries_of(storage::Rows rows) {
  std::vector<Delivery> deliveries;
  while (rows.next())
    deliveries.push_back(delivery_of(rows));
  return deliveries;
}

std::vector<Seq> places_of(storage::Rows rows) {
  std::vector<Seq> places;
  while (rows.next())
    places.emplace_back(rows.get<std::int64_t>(0));
  return places;
}

}  // namespace

void DeliveryStore::insert_message(const WebhookMessage& message, std::size_t deliveries) {
  session_.execute(
      "INSERT INTO notifications_webhook_message(seq, event_id, kind, correlation_id, traceparent,"
      " body, deliveries) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
      message.seq.value(), message.event_id, message.kind, message.correlation_id,
      message.traceparent, message.body, deliveries);
}

void DeliveryStore::insert(EndpointId endpoint, Seq seq, std::string_view key, Seq canceled_to,
                           core::Timestamp now) {
  session_.execute(
      "INSERT INTO notifications_webhook_delivery(endpoint_id, seq, key, state, attempts,"
      " attempts_before, due_at, created_at) VALUES (?1, ?2, ?3,"
      " CASE WHEN EXISTS (SELECT 1 FROM notifications_webhook_delivery" BY_WAITING
      " WHERE endpoint_id = ?1"
      " AND key = ?3 AND seq > ?4 AND state IN ('due', 'parked')) THEN 'parked' ELSE 'due' END,"
      " 0, 0, ?5, ?5)",
      endpoint.value(), seq.value(), key, canceled_to.value(), now);
}

std::vector<Delivery> DeliveryStore::due(EndpointId endpoint, Seq canceled_to, std::size_t limit) {
  return deliveries_of(session_.query("SELECT " DELIVERY_COLUMNS
                                      " FROM notifications_webhook_delivery d" BY_DUE
                                      " WHERE d.endpoint_id = ?1 AND d.state = 'due'"
                                      " AND d.seq > ?2 ORDER BY d.due_at, d.seq LIMIT ?3",
                                      endpoint.value(), canceled_to.value(), limit));
}

std::optional<WebhookMessage> DeliveryStore::message(Seq seq) {
  auto rows = session_.query(
      "SELECT event_id, kind, correlation_id, traceparent, body FROM notifications_webhook_message"
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
  auto found = deliveries_of(session_.query(
      "SELECT " DELIVERY_COLUMNS
      " FROM notifications_webhook_delivery d WHERE d.endpoint_id = ?1 AND d.seq = ?2",
      endpoint.value(), seq.value()));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

Seq DeliveryStore::newest(EndpointId endpoint) {
  auto rows = session_.query(
      "SELECT coalesce(max(seq), 0) FROM notifications_webhook_delivery WHERE endpoint_id = ?1",
      endpoint.value());
  rows.next();
  return Seq{rows.get<std::int64_t>(0)};
}

void DeliveryStore::update(const Delivery& delivery) {
  session_.execute(
      "UPDATE notifications_webhook_delivery SET state = ?3, attempts = ?4, attempts_before = ?5,"
      " due_at = ?6, ended_at = ?7, last_status = ?8, last_error = ?9"
      " WHERE endpoint_id = ?1 AND seq = ?2",
      delivery.endpoint.value(), delivery.seq.value(), to_string(delivery.state), delivery.attempts,
      delivery.attempts_before, delivery.due_at, delivery.ended_at, delivery.last_status,
      delivery.last_error);
}

void DeliveryStore::insert_attempt(EndpointId endpoint, Seq seq, const Attempt& attempt) {
  session_.execute(
      "INSERT INTO notifications_webhook_attempt(endpoint_id, seq, number, started_at, duration_us,"
      " status, error) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
      endpoint.value(), seq.value(), attempt.number, attempt.started_at, attempt.duration.count(),
      attempt.status, attempt.error);
}

bool DeliveryStore::is_waited_for(EndpointId endpoint, std::string_view key, Seq canceled_to) {
  auto rows = session_.query("SELECT 1 FROM notifications_webhook_delivery" BY_WAITING
                             " WHERE endpoint_id = ?1 AND key = ?2"
                             " AND seq > ?3 AND state IN ('due', 'parked') LIMIT 1",
                             endpoint.value(), key, canceled_to.value());
  return rows.next();
}

void DeliveryStore::release_next(EndpointId endpoint, std::string_view key, Seq canceled_to,
                                 core::Timestamp now) {
  session_.execute(
      "UPDATE notifications_webhook_delivery SET state = 'due', due_at = ?4"
      " WHERE endpoint_id = ?1 AND state = 'parked' AND seq ="
      " (SELECT min(seq) FROM notifications_webhook_delivery" BY_WAITING
      " WHERE endpoint_id = ?1 AND key = ?2"
      " AND seq > ?3 AND state IN ('due', 'parked'))",
      endpoint.value(), key, canceled_to.value(), now);
}

DeliveryStore::Page DeliveryStore::page(const Query& query) {
  const std::int64_t before =
      query.before ? query.before->value() : std::numeric_limits<std::int64_t>::max();
  const std::size_t look_at_max = query.state ? storage::rows_looked_at_max : query.limit;
  std::size_t looked_at = 0;
  std::optional<Seq> last;
  Page page;
  // One more tells whether there is a next page.
  auto rows =
      session_.query("SELECT " DELIVERY_COLUMNS
                     ", m.kind, m.event_id FROM notifications_webhook_delivery d"
                     " JOIN notifications_webhook_message m ON m.seq = d.seq"
                     " WHERE d.endpoint_id = ?1 AND d.seq < ?2 ORDER BY d.seq DESC LIMIT ?3",
                     query.endpoint.value(), before, look_at_max + 1);
  while (rows.next()) {
    if (page.listed.size() == query.limit || looked_at == look_at_max) {
      page.next = last;
      return page;
    }
    ++looked_at;
    last = Seq{rows.get<std::int64_t>(1)};
    if (query.state && rows.get<std::string_view>(3) != to_string(*query.state)) continue;
    page.listed.push_back({.delivery = delivery_of(rows),
                           .kind = rows.get<std::string>(11),
                           .event_id = rows.get<core::Uuid>(12)});
  }
  return page;
}

std::vector<Attempt> DeliveryStore::attempts(EndpointId endpoint, Seq seq) {
  auto rows = session_.query(
      "SELECT number, started_at, duration_us, status, error FROM notifications_webhook_attempt"
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

std::size_t DeliveryStore::count_waiting(EndpointId endpoint, Seq canceled_to) {
  auto rows = session_.query("SELECT count(*) FROM notifications_webhook_delivery" BY_WAITING
                             " WHERE endpoint_id = ?1"
                             " AND state IN ('due', 'parked') AND seq > ?2",
                             endpoint.value(), canceled_to.value());
  rows.next();
  return rows.get<std::size_t>(0);
}

std::vector<Delivery> DeliveryStore::failed(EndpointId endpoint, std::size_t limit) {
  return deliveries_of(session_.query("SELECT " DELIVERY_COLUMNS
                                      " FROM notifications_webhook_delivery d" BY_FAILED
                                      " WHERE d.endpoint_id = ?1 AND d.state = 'failed'"
                                      " ORDER BY d.seq LIMIT ?2",
                                      endpoint.value(), limit));
}

std::size_t DeliveryStore::cancel_waiting(EndpointId endpoint, Seq canceled_to, std::size_t limit,
                                          core::Timestamp now) {
  const auto found =
      places_of(session_.query("SELECT seq FROM notifications_webhook_delivery" BY_WAITING
                               " WHERE endpoint_id = ?1 AND seq <= ?2"
                               " AND state IN ('due', 'parked') LIMIT ?3",
                               endpoint.value(), canceled_to.value(), limit));
  for (const Seq seq : found) {
    session_.execute(
        "UPDATE notifications_webhook_delivery SET state = 'canceled', ended_at = ?3"
        " WHERE endpoint_id = ?1 AND seq = ?2",
        endpoint.value(), seq.value(), now);
  }
  return found.size();
}

std::vector<Seq> DeliveryStore::ended_before(EndpointId endpoint, core::Timestamp time,
                                             std::size_t limit) {
  // They end about in their order: those behind have another turn when these are gone.
  return places_of(
      session_.query("SELECT seq FROM (SELECT seq, ended_at FROM notifications_webhook_delivery"
                     " WHERE endpoint_id = ?1 ORDER BY seq LIMIT ?4) AS oldest WHERE ended_at < ?2 "
                     "ORDER BY seq LIMIT ?3",
                     endpoint.value(), time, limit, storage::rows_looked_at_max));
}

std::vector<Seq> DeliveryStore::any(EndpointId endpoint, std::size_t limit) {
  return places_of(session_.query(
      "SELECT seq FROM notifications_webhook_delivery WHERE endpoint_id = ?1 ORDER BY seq LIMIT ?2",
      endpoint.value(), limit));
}

void DeliveryStore::remove(EndpointId endpoint, Seq seq) {
  session_.execute("DELETE FROM notifications_webhook_attempt WHERE endpoint_id = ?1 AND seq = ?2",
                   endpoint.value(), seq.value());
  session_.execute("DELETE FROM notifications_webhook_delivery WHERE endpoint_id = ?1 AND seq = ?2",
                   endpoint.value(), seq.value());
  session_.execute(
      "UPDATE notifications_webhook_message SET deliveries = deliveries - 1 WHERE seq = ?1",
      seq.value());
  session_.execute("DELETE FROM notifications_webhook_message WHERE seq = ?1 AND deliveries <= 0",
                   seq.value());
}

}  // namespace orderflow::notifications::webhooks
