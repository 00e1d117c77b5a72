#include "order_rows.hpp"

#include <stdexcept>

namespace orderflow::bench {
namespace {

constexpr const char* insert_order =
    "INSERT INTO orders_order(id, user_id, email, currency, total_amount, payment_method, items,"
    " status, correlation_id, created_at, updated_at)"
    " VALUES(?1, ?2, ?3, 'EUR', ?4, '', ?5, ?6, ?7, ?8, ?8)";
constexpr const char* insert_event =
    "INSERT INTO event_log(seq, id, kind, version, key, origin, home, correlation_id, causation_id,"
    " traceparent, occurred_at, payload) VALUES(?1, ?2, ?3, 1, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
constexpr const char* insert_idempotency =
    "INSERT INTO orders_idempotency(client, key, fingerprint, order_id, created_at)"
    " VALUES('bench', ?1, CAST(?2 AS BLOB), ?3, ?4)";
constexpr const char* insert_payment =
    "INSERT INTO billing_payment(id, order_id, user_id, email, currency, amount, payment_method,"
    " state, gateway_key, gateway_reference, attempts, sent_at, created_at, updated_at)"
    " VALUES(?1, ?2, ?3, ?4, 'EUR', ?5, '', 'captured', ?6, ?7, 1, ?8, ?8, ?8)";
constexpr const char* insert_window =
    "INSERT INTO billing_fraud_window(user_id, occurred_at, order_id, currency, amount)"
    " VALUES(?1, ?2, ?3, 'EUR', ?4)";
constexpr const char* insert_notification =
    "INSERT INTO notifications_notification(id, order_id, user_id, kind, channel, recipient,"
    " subject, status, attempts, created_at, sent_at, correlation_id, language)"
    " VALUES(?1, ?2, ?3, ?4, 'none', ?5, ?6, 'sent', 1, ?7, ?7, ?8, 'en')";
constexpr const char* count_placed =
    "INSERT INTO users_statistics(generation, user_id, placed, last_order_id, last_order_at)"
    " VALUES(0, ?1, 1, ?2, ?3) ON CONFLICT(generation, user_id) DO UPDATE SET placed = placed + 1,"
    " last_order_id = ?2, last_order_at = ?3";
constexpr const char* count_processed =
    "UPDATE users_statistics SET processed = processed + 1 WHERE generation = 0 AND user_id = ?1";
constexpr const char* add_spent =
    "INSERT INTO users_spent(generation, user_id, currency, amount) VALUES(0, ?1, 'EUR', ?2)"
    " ON CONFLICT(generation, user_id, currency) DO UPDATE SET amount = amount + ?2";
constexpr const char* update_cursor = "UPDATE event_subscription SET cursor = ?1 WHERE name = ?2";

}  // namespace

OrderRows::OrderRows(BareSqlite& database)
    : node_(database.text("SELECT name FROM storage_node")),
      subscriptions_(database.texts("SELECT name FROM event_subscription")),
      seq_(database.number("SELECT coalesce(max(seq), 0) FROM event_log")),
      order_(database, insert_order),
      event_(database, insert_event),
      idempotency_(database, insert_idempotency),
      payment_(database, insert_payment),
      window_(database, insert_window),
      notification_(database, insert_notification),
      placed_(database, count_placed),
      processed_(database, count_processed),
      spent_(database, add_spent),
      cursor_(database, update_cursor) {
  if (subscriptions_.empty()) throw std::runtime_error("no node has made this database");
}

void OrderRows::append(const MadeOrder& order, const core::Uuid& id, std::string_view kind,
                       std::string_view module, const core::Uuid* cause,
                       const std::string& payload) {
  origin_ = node_ + "/";
  origin_ += module;
  ++seq_;
  if (cause == nullptr) {
    event_.run(seq_, id, kind, order.id_text, origin_, node_, order.correlation_id, nullptr,
               order.traceparent, order.placed_at_us, payload);
  } else {
    event_.run(seq_, id, kind, order.id_text, origin_, node_, order.correlation_id, *cause,
               order.traceparent, order.placed_at_us, payload);
  }
}

void OrderRows::notify(const MadeOrder& order, const core::Uuid& id, std::string_view kind,
                       const std::string& subject) {
  notification_.run(id, order.id, order.user_id, kind, order.email, subject, order.placed_at_us,
                    order.correlation_id);
}

void OrderRows::accept(const MadeOrder& order, std::string_view status) {
  order_.run(order.id, order.user_id, order.email, order.total, order.items, status,
             order.correlation_id, order.placed_at_us);
  append(order, order.created, "order.created", "orders", nullptr, order.created_payload);
  idempotency_.run(order.idempotency_key, order.fingerprint, order.id, order.placed_at_us);
}

void OrderRows::finish(const MadeOrder& order) {
  payment_.run(order.payment, order.id, order.user_id, order.email, order.total, order.gateway_key,
               order.gateway_reference, order.placed_at_us);
  append(order, order.requested, "payment.requested", "billing", &order.created,
         order.requested_payload);
  notify(order, order.confirmation, "order_confirmation", order.confirmation_subject);
  append(order, order.confirmed, "notification.sent", "notifications", &order.created,
         order.confirmed_payload);
  append(order, order.processed, "order.processed", "billing", &order.requested,
         order.processed_payload);
  notify(order, order.report, "order_outcome", order.report_subject);
  append(order, order.reported, "notification.sent", "notifications", &order.processed,
         order.reported_payload);
}

void OrderRows::remember_for_fraud(const MadeOrder& order) {
  window_.run(order.user_id, order.placed_at_us, order.id, order.total);
}

void OrderRows::count(const MadeOrder& order) {
  placed_.run(order.user_id, order.id_text, order.placed_at_us);
  processed_.run(order.user_id);
  spent_.run(order.user_id, order.total);
}

void OrderRows::move_cursors() {
  for (const std::string& name : subscriptions_)
    cursor_.run(seq_, name);
}

}  // namespace orderflow::bench
