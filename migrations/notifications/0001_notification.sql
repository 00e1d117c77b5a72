-- One row for each notification that an event asked for, whatever became of it.
--
-- The id is made from the asking event and subscription, so every attempt writes the same row. Its
-- first bits are the time of that event: the key's order is the list's, newest last.
CREATE TABLE notifications_notification (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  order_id BLOB NOT NULL CHECK (length(order_id) = 16),
  user_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  channel TEXT NOT NULL,
  recipient TEXT NOT NULL,       -- empty where the buyer gave no address: status skipped
  subject TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('sent', 'retrying', 'failed', 'skipped')),
  attempts INTEGER NOT NULL,
  error TEXT,                    -- of the last attempt that failed, null once it is sent
  created_at INTEGER NOT NULL,   -- when the event occurred, microseconds UTC
  sent_at INTEGER,
  correlation_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The notifications of one order; the key that is in every index entry gives their order.
CREATE INDEX notifications_notification_by_order ON notifications_notification (order_id);
