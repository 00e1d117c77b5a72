#include "faults/simulation/invariants.hpp"

#include <array>

namespace orderflow::simulation {
namespace {

#define TEXT_OF(id)                                                                  \
  "lower(substr(hex(" id "),1,8)||'-'||substr(hex(" id "),9,4)||'-'||substr(hex(" id \
  "),13,4)"                                                                          \
  "||'-'||substr(hex(" id "),17,4)||'-'||substr(hex(" id "),21))"

constexpr std::array<std::string_view, 6> views = {
    "CREATE TEMP TABLE placed AS SELECT " TEXT_OF("id") " AS key, * FROM orders_order",
    "CREATE TEMP TABLE paid AS SELECT " TEXT_OF("order_id") " AS key, * FROM billing_payment",
    "CREATE TEMP TABLE told AS SELECT " TEXT_OF("order_id") " AS key, " TEXT_OF(
        "id") " AS mail, * FROM notifications_notification",
    "CREATE TEMP TABLE wanted(subscription TEXT, kind TEXT)",
    "INSERT INTO wanted VALUES ('billing.assess', 'order.created'),"
    " ('billing.capture', 'payment.requested'), ('notifications.confirm', 'order.created'),"
    " ('notifications.report', 'order.processed'), ('orders.settle', 'order.processed'),"
    " ('users.statistics', 'order.created'), ('users.statistics', 'order.processed'),"
    " ('ledger.book', 'order.created'), ('ledger.book', 'payment.requested'),"
    " ('ledger.book', 'order.processed'), ('ledger.echo', 'order.created'),"
    " ('ledger.echo', 'payment.requested'), ('ledger.echo', 'order.processed')",
    // What the statistics were made from: all that is not held up in a delivery.
    "CREATE TEMP TABLE counted AS SELECT seq, kind, occurred_at,"
    " payload->>'userId' AS user_id, payload->>'status' AS status,"
    " payload->>'currency' AS currency, payload->>'amount' AS amount FROM event_log l"
    " WHERE kind IN ('order.created', 'order.processed') AND NOT EXISTS"
    " (SELECT 1 FROM event_delivery d"
    "  WHERE d.subscription = 'users.statistics' AND d.seq = l.seq)",
};

#define STATISTICS_FROM_LOG                                                  \
  "SELECT user_id, sum(kind = 'order.created'), sum(status IS 'PROCESSED')," \
  " sum(status IS 'CANCELED_FRAUD'), sum(status IS 'PAYMENT_DECLINED'),"     \
  " max(iif(kind = 'order.created', occurred_at, NULL)) FROM counted GROUP BY user_id"
#define STATISTICS                                                       \
  "SELECT user_id, placed, processed, canceled, declined, last_order_at" \
  " FROM users_statistics"
#define SPENT_FROM_LOG                                                             \
  "SELECT user_id, currency, sum(amount) FROM counted WHERE status IS 'PROCESSED'" \
  " GROUP BY user_id, currency"
#define SPENT "SELECT user_id, currency, amount FROM users_spent"

constexpr std::array<Invariant, 34> all = {{
    {"corrupt", "SELECT * FROM pragma_integrity_check WHERE integrity_check <> 'ok'"},
    {"corrupt", "SELECT \"table\", rowid, parent FROM pragma_foreign_key_check"},

    // The log.
    {"event twice", "SELECT hex(id) FROM event_log GROUP BY id HAVING count(*) > 1"},
    {"half there",
     "SELECT 'order without event', key FROM placed WHERE key NOT IN"
     " (SELECT key FROM event_log WHERE kind = 'order.created')"},
    {"half there",
     "SELECT 'event without order', key FROM event_log WHERE kind = 'order.created'"
     " AND key NOT IN (SELECT key FROM placed)"},
    {"half there",
     "SELECT 'order and event differ', key FROM placed JOIN event_log l USING (key)"
     " WHERE kind = 'order.created' AND (payload->>'totalAmount' <> total_amount"
     " OR payload->>'currency' <> currency OR payload->>'userId' <> user_id)"},

    // Orders and payments.
    {"not final",
     "SELECT key, status FROM placed WHERE status = 'PENDING' AND key NOT IN"
     " (SELECT key FROM event_delivery WHERE subscription IN"
     "  ('billing.assess', 'billing.capture', 'orders.settle'))"},
    {"wrong payment",
     "SELECT key, status, state FROM placed LEFT JOIN paid USING (key)"
     " WHERE (status = 'PROCESSED') <> (state IS 'captured') AND key NOT IN"
     " (SELECT key FROM event_delivery WHERE subscription = 'orders.settle')"},
    {"wrong payment",
     "SELECT key, status, state FROM placed LEFT JOIN paid USING (key)"
     " WHERE (status = 'PAYMENT_DECLINED') <> (state IS 'declined') AND key NOT IN"
     " (SELECT key FROM event_delivery WHERE subscription = 'orders.settle')"},
    {"wrong payment",
     "SELECT key, total_amount, amount FROM placed JOIN paid USING (key)"
     " WHERE total_amount <> amount OR placed.currency <> paid.currency"
     " OR placed.user_id <> paid.user_id"},
    {"wrong payment",
     "SELECT 'without order', key FROM paid WHERE key NOT IN (SELECT key FROM placed)"},

    // Deliveries.
    {"wrong counter",
     "SELECT s.name, s.running, s.retrying, s.parked, s.dead FROM event_subscription s"
     " WHERE s.running <> (SELECT count(*) FROM event_delivery d"
     "  WHERE d.subscription = s.name AND d.state = 'running')"
     " OR s.retrying <> (SELECT count(*) FROM event_delivery d"
     "  WHERE d.subscription = s.name AND d.state = 'retrying')"
     " OR s.parked <> (SELECT count(*) FROM event_delivery d"
     "  WHERE d.subscription = s.name AND d.state = 'parked')"
     " OR s.dead <> (SELECT count(*) FROM event_delivery d"
     "  WHERE d.subscription = s.name AND d.state = 'dead')"},
    {"wrong cursor",
     "SELECT name, cursor FROM event_subscription"
     " WHERE cursor > (SELECT coalesce(max(seq), 0) FROM event_log) OR cursor < 0"},
    {"wrong cursor",
     "SELECT 'left behind', w.subscription, l.seq FROM event_log l JOIN wanted w USING (kind)"
     " JOIN event_subscription s ON s.name = w.subscription WHERE l.seq > s.cursor"},
    {"wrong cursor",
     "SELECT 'unknown subscription', name FROM event_subscription"
     " WHERE name NOT IN (SELECT subscription FROM wanted)"},
    {"wrong delivery",
     "SELECT 'beyond the cursor', d.subscription, d.seq FROM event_delivery d"
     " JOIN event_subscription s ON s.name = d.subscription WHERE d.seq > s.cursor"},
    {"wrong delivery",
     "SELECT 'of no such event', subscription, seq FROM event_delivery d WHERE NOT EXISTS"
     " (SELECT 1 FROM event_log l JOIN wanted w USING (kind)"
     "  WHERE l.seq = d.seq AND l.key = d.key AND w.subscription = d.subscription)"},
    {"wrong delivery",
     "SELECT 'not at rest', subscription, seq, state FROM event_delivery"
     " WHERE state IN ('running', 'retrying')"},
    {"wrong delivery",
     "SELECT 'parked behind nothing', subscription, seq FROM event_delivery d"
     " WHERE state = 'parked' AND NOT EXISTS (SELECT 1 FROM event_delivery e"
     "  WHERE e.subscription = d.subscription AND e.key = d.key AND e.seq < d.seq)"},
    {"wrong delivery",
     "SELECT 'a dead letter of the business', subscription, seq, error FROM event_delivery"
     " WHERE state = 'dead' AND subscription IN ('billing.assess', 'orders.settle',"
     " 'users.statistics')"},

    // Each event applied once, in order.
    {"applied twice",
     "SELECT subscription, seq, count(*) FROM ledger_entry GROUP BY subscription, seq"
     " HAVING count(*) > 1"},
    {"applied twice",
     "SELECT 'and still listed', subscription, seq FROM ledger_entry"
     " JOIN event_delivery USING (subscription, seq)"},
    {"never applied",
     "SELECT w.subscription, l.seq FROM event_log l JOIN wanted w USING (kind)"
     " WHERE w.subscription GLOB 'ledger.*' AND NOT EXISTS"
     " (SELECT 1 FROM ledger_entry e WHERE e.subscription = w.subscription AND e.seq = l.seq)"
     " AND NOT EXISTS (SELECT 1 FROM event_delivery d"
     "  WHERE d.subscription = w.subscription AND d.seq = l.seq)"},
    {"applied too early",
     "SELECT subscription, seq FROM ledger_entry e WHERE NOT EXISTS"
     " (SELECT 1 FROM event_log l WHERE l.seq = e.seq AND l.key = e.key)"},
    {"out of order",
     "SELECT subscription, key, before, seq FROM (SELECT subscription, key, seq,"
     " lag(seq) OVER (PARTITION BY subscription, key ORDER BY number) AS before"
     " FROM ledger_entry) WHERE before >= seq"},
    {"wrong counter",
     "SELECT name, handled FROM event_subscription s WHERE name GLOB 'ledger.*' AND handled <>"
     " (SELECT count(*) FROM ledger_entry e WHERE e.subscription = s.name)"},

    // Statistics.
    {"wrong statistics", STATISTICS " EXCEPT " STATISTICS_FROM_LOG},
    {"wrong statistics", STATISTICS_FROM_LOG " EXCEPT " STATISTICS},
    {"wrong statistics", SPENT " EXCEPT " SPENT_FROM_LOG},
    {"wrong statistics", SPENT_FROM_LOG " EXCEPT " SPENT},

    // Notifications.
    {"wrong notification",
     "SELECT 'not at its end', mail, status FROM told WHERE status = 'retrying'"},
    {"wrong notification",
     "SELECT 'not one an event', key, count(*) FROM event_log"
     " WHERE kind IN ('order.created', 'order.processed') GROUP BY key"
     " HAVING count(*) <> (SELECT count(*) FROM told WHERE told.key = event_log.key)"},
    {"wrong notification",
     "SELECT 'sent and not said', mail FROM told WHERE status = 'sent' AND NOT EXISTS"
     " (SELECT 1 FROM event_log l WHERE l.kind = 'notification.sent' AND l.key = told.key"
     "  AND payload->>'notificationId' = mail)"},
    {"wrong notification",
     "SELECT 'said and not sent', seq FROM event_log l WHERE kind = 'notification.sent'"
     " AND NOT EXISTS (SELECT 1 FROM told WHERE status = 'sent'"
     "  AND l.payload->>'notificationId' = mail)"},
}};

}  // namespace

std::span<const std::string_view> invariant_views() {
  return views;
}

std::span<const Invariant> invariants() {
  return all;
}

}  // namespace orderflow::simulation
