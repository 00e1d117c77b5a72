-- To check a value against a list of more than two, SQLite makes a temporary table at every insert and
-- update; a chain of comparisons costs next to nothing. The table is the same but for this.
CREATE TABLE notifications_notification_next (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  order_id BLOB NOT NULL CHECK (length(order_id) = 16),
  user_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  channel TEXT NOT NULL,
  recipient TEXT NOT NULL,       -- empty where the buyer gave no address: status skipped
  subject TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status = 'sent' OR status = 'retrying' OR status = 'failed'
                              OR status = 'skipped'),
  attempts INTEGER NOT NULL,
  error TEXT,                    -- of the last attempt that failed, null once it is sent
  created_at INTEGER NOT NULL,   -- when the event occurred, microseconds UTC
  sent_at INTEGER,
  correlation_id TEXT NOT NULL,
  language TEXT NOT NULL DEFAULT 'en',
  skipped_because TEXT           -- no_address, opted_out or not_wanted
) STRICT, WITHOUT ROWID;

INSERT INTO notifications_notification_next(id, order_id, user_id, kind, channel, recipient, subject,
  status, attempts, error, created_at, sent_at, correlation_id, language, skipped_because)
SELECT id, order_id, user_id, kind, channel, recipient, subject,
  status, attempts, error, created_at, sent_at, correlation_id, language, skipped_because
FROM notifications_notification;

DROP TABLE notifications_notification;
ALTER TABLE notifications_notification_next RENAME TO notifications_notification;

-- The notifications of one order; the key that is in every index entry gives their order.
CREATE INDEX notifications_notification_by_order ON notifications_notification (order_id);
