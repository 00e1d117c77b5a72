#include "faults/simulation/verdict/invariants.hpp"

#include <array>

namespace orderflow::simulation {
namespace {

#define TEXT_OF(id)                                                                  \
  "lower(substr(hex(" id "),1,8)||'-'||substr(hex(" id "),9,4)||'-'||substr(hex(" id \
  "),13,4)"                                                                          \
  "||'-'||substr(hex(" id "),17,4)||'-'||substr(hex(" id "),21))"

#define OF_BUSINESS \
  "('billing.assess', 'billing.cancel', 'billing.capture', 'billing.refund', 'orders.settle')"

constexpr std::array<std::string_view, 11> views = {
    "CREATE TEMP TABLE placed AS SELECT " TEXT_OF("id") " AS key, * FROM orders_order",
    "CREATE TEMP TABLE paid AS SELECT " TEXT_OF("order_id") " AS key, * FROM billing_payment",
    "CREATE TEMP TABLE paid_back AS SELECT " TEXT_OF("order_id") " AS key, " TEXT_OF(
        "id") " AS refund, * FROM billing_refund",
    "CREATE TEMP TABLE notified AS SELECT " TEXT_OF("order_id") " AS key, " TEXT_OF(
        "id") " AS mail, * FROM notifications_notification",
    // With what retention has removed: the ledger has kept a copy of each event.
    "CREATE TEMP TABLE whole_log AS"
    " SELECT seq, lower(hex(id)) AS id, kind, key, occurred_at, payload FROM event_log UNION"
    " SELECT seq, replace(id, '-', ''), kind, key, occurred_at, payload FROM ledger_archive",
    // What decides on an order and did not come to an end.
    "CREATE TEMP TABLE held AS SELECT DISTINCT key FROM event_delivery"
    " WHERE subscription IN " OF_BUSINESS,
    // What an operator has dropped.
    "CREATE TEMP TABLE discarded AS SELECT subscription, seq, key FROM event_audit"
    " WHERE action = 'discard'",
    // Whose books at the gateway were to be read and were not.
    "CREATE TEMP TABLE unread_statements AS SELECT key FROM event_delivery"
    " WHERE subscription = 'billing.follow' UNION"
    " SELECT key FROM discarded WHERE subscription = 'billing.follow'",
    "CREATE TEMP TABLE wanted(subscription TEXT, kind TEXT)",
    "INSERT INTO wanted VALUES ('billing.assess', 'order.created'),"
    " ('billing.cancel', 'order.cancel_requested'), ('billing.capture', 'payment.requested'),"
    " ('billing.refund', 'payment.refund_requested'), ('billing.follow', "
    "'payment.statement_requested'),"
    " ('notifications.confirm', 'order.created'),"
    " ('notifications.report', 'order.processed'), ('notifications.report', 'payment.refunded'),"
    " ('webhooks.send', 'order.created'),"
    " ('webhooks.send', 'order.cancel_requested'),"
    " ('webhooks.send', 'order.processed'),"
    " ('webhooks.send', 'payment.refunded'),"
    " ('webhooks.send', 'payment.refund_abandoned'),"
    " ('webhooks.send', 'notification.sent'),"
    " ('webhooks.send', 'notification.failed'),"
    " ('orders.settle', 'order.processed'), ('orders.settle', 'payment.refunded'),"
    " ('orders.settle', 'payment.refund_abandoned'), ('users.statistics', 'order.created'),"
    " ('users.statistics', 'order.processed'), ('users.statistics', 'payment.refunded'),"
    " ('ledger.book', 'order.created'), ('ledger.book', 'order.cancel_requested'),"
    " ('ledger.book', 'payment.requested'), ('ledger.book', 'order.processed'),"
    " ('ledger.book', 'payment.refund_requested'), ('ledger.book', 'payment.refunded'),"
    " ('billing.follow', 'payment.statement_requested'),"
    " ('ledger.book', 'payment.statement_requested'),"
    " ('ledger.book', 'payment.refund_abandoned'), ('ledger.book', 'notification.sent'),"
    " ('ledger.book', 'notification.failed'), ('ledger.echo', 'order.created'),"
    " ('ledger.echo', 'payment.requested'), ('ledger.echo', 'order.processed'),"
    " ('ledger.echo', 'payment.refunded')",
    // What the statistics were made from: all that is not held up in a delivery.
    "CREATE TEMP TABLE counted AS SELECT seq, kind, occurred_at,"
    " payload->>'userId' AS user_id, payload->>'status' AS status,"
    " payload->>'currency' AS currency, payload->>'amount' AS amount,"
    " kind = 'payment.refunded' AND payload->>'remainingAmount' IS NULL AS is_full"
    " FROM whole_log l"
    " WHERE kind IN ('order.created', 'order.processed', 'payment.refunded') AND NOT EXISTS"
    " (SELECT 1 FROM event_delivery d"
    "  WHERE d.subscription = 'users.statistics' AND d.seq = l.seq)",
};

#define STATISTICS_FROM_LOG                                                      \
  "SELECT user_id, sum(kind = 'order.created'), sum(status IS 'PROCESSED'),"     \
  " sum(status IN ('CANCELED_FRAUD', 'CANCELED') AND kind = 'order.processed')," \
  " sum(status IS 'PAYMENT_DECLINED'), sum(is_full),"                            \
  " max(iif(kind = 'order.created', occurred_at, NULL)) FROM counted GROUP BY user_id"
#define CURRENT_GENERATION " WHERE generation = (SELECT current FROM users_generation)"
#define STATISTICS                                                                 \
  "SELECT user_id, placed, processed, canceled, declined, refunded, last_order_at" \
  " FROM users_statistics" CURRENT_GENERATION
#define SPENT_FROM_LOG                                                             \
  "SELECT user_id, currency, sum(iif(kind = 'payment.refunded', -amount, amount))" \
  " FROM counted WHERE status IS 'PROCESSED' OR kind = 'payment.refunded'"         \
  " GROUP BY user_id, currency"
#define SPENT "SELECT user_id, currency, amount FROM users_spent" CURRENT_GENERATION

constexpr std::array<Invariant, 57> all = {{
    {"corrupt", "SELECT * FROM pragma_integrity_check WHERE integrity_check <> 'ok'"},
    {"corrupt", "SELECT \"table\", rowid, parent FROM pragma_foreign_key_check"},

    // The log.
    {"event twice", "SELECT hex(id) FROM event_log GROUP BY id HAVING count(*) > 1"},
    // What is replayed and fails again publishes it again, under the same identifier, where
    // retention has removed what it published first.
    {"event twice",
     "SELECT id, kind FROM whole_log WHERE kind <> 'notification.failed' GROUP BY id"
     " HAVING count(*) > 1"},
    {"log broken", "SELECT 'two events at', seq FROM whole_log GROUP BY seq HAVING count(*) > 1"},
    {"log broken",
     "SELECT 'nothing before', seq FROM whole_log l WHERE seq > 1"
     " AND NOT EXISTS (SELECT 1 FROM whole_log e WHERE e.seq = l.seq - 1)"},
    {"log broken",
     "SELECT 'removed', removed, 'and gone', gone FROM event_retention,"
     " (SELECT (SELECT count(*) FROM whole_log) - (SELECT count(*) FROM event_log) AS gone)"
     " WHERE removed <> gone OR removed > removed_to"},
    {"half there",
     "SELECT 'order without event', key FROM placed WHERE key NOT IN"
     " (SELECT key FROM whole_log WHERE kind = 'order.created')"},
    {"half there",
     "SELECT 'event without order', key FROM whole_log WHERE kind = 'order.created'"
     " AND key NOT IN (SELECT key FROM placed)"},
    {"half there",
     "SELECT 'order and event differ', key FROM placed JOIN whole_log l USING (key)"
     " WHERE kind = 'order.created' AND (payload->>'totalAmount' <> total_amount"
     " OR payload->>'currency' <> currency OR payload->>'userId' <> user_id)"},
    {"half there",
     "SELECT 'cancellation without event', key FROM placed WHERE cancel_requested_at IS NOT NULL"
     " AND key NOT IN (SELECT key FROM whole_log WHERE kind = 'order.cancel_requested')"},
    {"half there",
     "SELECT 'key without order', key FROM orders_idempotency"
     " WHERE order_id NOT IN (SELECT id FROM orders_order)"},

    // Orders and payments.
    {"not final",
     "SELECT key, status FROM placed WHERE status = 'PENDING' AND key NOT IN (SELECT key FROM"
     " held)"},
    {"cancellation ignored",
     "SELECT key FROM placed WHERE status = 'PROCESSED' AND cancel_requested_at IS NOT NULL"
     " AND key NOT IN (SELECT key FROM held)"},
    {"cancellation ignored",
     "SELECT 'not judged', key FROM (SELECT " TEXT_OF(
         "order_id") " AS key FROM"
                     " billing_cancellation) WHERE key NOT IN (SELECT key FROM held)"},
    {"wrong payment",
     "SELECT key, status, state FROM placed LEFT JOIN paid USING (key)"
     " WHERE key NOT IN (SELECT key FROM held) AND NOT CASE status"
     " WHEN 'PROCESSED' THEN state IS 'captured' WHEN 'REFUNDED' THEN state IS 'refunded'"
     " WHEN 'PAYMENT_DECLINED' THEN state IS 'declined'"
     " WHEN 'CANCELED' THEN coalesce(state IN ('canceled', 'declined'), 0)"
     " WHEN 'CANCELED_FRAUD' THEN state IS 'refused' ELSE 0 END"},
    {"wrong payment",
     "SELECT key, state, amount, refunded_amount, refunding_amount FROM paid"
     " WHERE refunded_amount + refunding_amount > amount"
     " OR (state IS 'refunded') <> (refunded_amount = amount AND amount > 0 OR (amount = 0"
     "  AND key IN (SELECT key FROM whole_log WHERE kind = 'payment.refunded')))"},

    // Refunds: the parts, what the payment counts, and what was published agree.
    {"wrong refund",
     "SELECT key, refunded_amount, refunding_amount FROM paid WHERE refunded_amount <>"
     " (SELECT coalesce(sum(amount), 0) FROM paid_back r WHERE r.key = paid.key"
     "  AND r.state = 'made') OR refunding_amount <>"
     " (SELECT coalesce(sum(amount), 0) FROM paid_back r WHERE r.key = paid.key"
     "  AND r.state = 'requested')"},
    {"wrong refund",
     "SELECT 'requested and nobody does', refund FROM paid_back WHERE state = 'requested'"
     " AND key NOT IN (SELECT key FROM event_delivery WHERE subscription = 'billing.refund')"},
    {"wrong refund",
     "SELECT 'made and not published once', refund, amount FROM paid_back r"
     " WHERE (state = 'made') <> (SELECT count(*) FROM whole_log l"
     "  WHERE l.kind = 'payment.refunded' AND l.key = r.key"
     "  AND payload->>'paymentRefundId' = refund AND payload->>'amount' = r.amount)"},
    {"wrong refund",
     "SELECT 'published and not made', seq FROM whole_log WHERE kind = 'payment.refunded'"
     " AND payload->>'amount' > 0 AND payload->>'paymentRefundId' NOT IN"
     " (SELECT refund FROM paid_back WHERE state = 'made')"},
    {"wrong refund",
     "SELECT 'remains', seq FROM whole_log l JOIN paid USING (key)"
     " WHERE kind = 'payment.refunded' AND coalesce(payload->>'remainingAmount', 0) <>"
     " amount - (SELECT sum(e.payload->>'amount') FROM whole_log e WHERE e.key = l.key"
     "  AND e.kind = 'payment.refunded' AND e.seq <= l.seq)"},
    {"wrong refund",
     "SELECT 'refused and not published', refund FROM paid_back WHERE state = 'refused'"
     " AND refund NOT IN (SELECT payload->>'paymentRefundId' FROM whole_log"
     "  WHERE kind = 'payment.refund_abandoned')"},
    {"half there",
     "SELECT 'key without refund', key FROM billing_idempotency"
     " WHERE refund_id NOT IN (SELECT id FROM billing_refund)"},
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
     " WHERE cursor > (SELECT coalesce(max(seq), 0) FROM whole_log) OR cursor < 0"},
    // That of webhooks is written seldom; who was to receive what is judged by itself.
    {"wrong cursor",
     "SELECT 'left behind', w.subscription, l.seq FROM event_log l JOIN wanted w USING (kind)"
     " JOIN event_subscription s ON s.name = w.subscription WHERE l.seq > s.cursor"
     " AND s.name <> 'webhooks.send'"},
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
    {"wrong delivery", "SELECT 'paused', name FROM event_subscription WHERE paused <> 0"},
    {"wrong delivery",
     "SELECT 'not at rest', subscription, seq, state FROM event_delivery"
     " WHERE state IN ('running', 'retrying')"},
    {"wrong delivery",
     "SELECT 'parked behind nothing', subscription, seq FROM event_delivery d"
     " WHERE state = 'parked' AND NOT EXISTS (SELECT 1 FROM event_delivery e"
     "  WHERE e.subscription = d.subscription AND e.key = d.key AND e.seq < d.seq)"},
    {"wrong delivery",
     "SELECT 'a dead letter of the business', subscription, seq, error FROM event_delivery"
     " WHERE state = 'dead' AND subscription IN ('billing.assess', 'billing.cancel',"
     " 'orders.settle', 'users.statistics')"},

    // Each event applied once, in order.
    {"applied twice",
     "SELECT subscription, seq, count(*) FROM ledger_entry GROUP BY subscription, seq"
     " HAVING count(*) > 1"},
    {"applied twice",
     "SELECT 'and still listed', subscription, seq FROM ledger_entry"
     " JOIN event_delivery USING (subscription, seq)"},
    {"never applied",
     "SELECT w.subscription, l.seq FROM whole_log l JOIN wanted w USING (kind)"
     " WHERE w.subscription GLOB 'ledger.*' AND NOT EXISTS"
     " (SELECT 1 FROM ledger_entry e WHERE e.subscription = w.subscription AND e.seq = l.seq)"
     " AND NOT EXISTS (SELECT 1 FROM event_delivery d"
     "  WHERE d.subscription = w.subscription AND d.seq = l.seq)"
     " AND NOT EXISTS (SELECT 1 FROM discarded d"
     "  WHERE d.subscription = w.subscription AND d.seq = l.seq)"},
    {"applied twice",
     "SELECT 'and discarded', subscription, seq FROM ledger_entry"
     " JOIN discarded USING (subscription, seq)"},
    {"applied too early",
     "SELECT subscription, seq FROM ledger_entry e WHERE NOT EXISTS"
     " (SELECT 1 FROM whole_log l WHERE l.seq = e.seq AND l.key = e.key)"},
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

    {"wrong generation",
     "SELECT current, generation FROM users_generation, event_subscription"
     " WHERE name = 'users.statistics' AND current <> generation"},
    {"wrong generation",
     "SELECT 'left', generation FROM (SELECT generation FROM users_statistics UNION"
     " SELECT generation FROM users_spent) WHERE generation <>"
     " (SELECT current FROM users_generation)"},
    {"not at rest", "SELECT 'rebuild', subscription FROM event_rebuild"},
    {"not at rest", "SELECT 'old rows', subscription FROM event_stale_generation"},
    {"not at rest", "SELECT 'bulk replay', hex(id) FROM event_replay WHERE finished_at IS NULL"},
    {"not at rest", "SELECT 'bulk replay', hex(replay_id) FROM event_replay_scope"},

    // Notifications.
    {"wrong notification",
     "SELECT 'not at its end', mail, status FROM notified WHERE status = 'retrying'"},
    {"wrong notification",
     "SELECT 'not one an event', key, count(*) FROM whole_log"
     " WHERE kind IN ('order.created', 'order.processed', 'payment.refunded') GROUP BY key"
     " HAVING count(*) <> (SELECT count(*) FROM notified WHERE notified.key = whole_log.key)"},
    {"wrong notification",
     "SELECT 'sent and not published', mail FROM notified WHERE status = 'sent' AND NOT EXISTS"
     " (SELECT 1 FROM whole_log l WHERE l.kind = 'notification.sent' AND l.key = notified.key"
     "  AND payload->>'notificationId' = mail)"},
    {"wrong notification",
     "SELECT 'published and not sent', seq FROM whole_log l WHERE kind = 'notification.sent'"
     " AND NOT EXISTS (SELECT 1 FROM notified WHERE status = 'sent'"
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
