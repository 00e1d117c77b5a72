-- One row for each notification that an event asked for, whatever became of it.
--
-- The id is made from the asking event and subscription, so every attempt writes the same row. Its
-- first bits are the time of that event: the key's order is the list's, newest last.
CREATE TABLE notifications_notification (
  id uuid PRIMARY KEY NOT NULL,
  order_id uuid NOT NULL,
  user_id text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  channel text COLLATE "C" NOT NULL,
  recipient text COLLATE "C" NOT NULL,       -- empty where the buyer gave no address: status skipped
  subject text COLLATE "C" NOT NULL,
  status text COLLATE "C" NOT NULL CHECK (status IN ('sent', 'retrying', 'failed', 'skipped')),
  attempts bigint NOT NULL,
  error text COLLATE "C",                    -- of the last attempt that failed, null once it is sent
  created_at bigint NOT NULL,   -- when the event occurred, microseconds UTC
  sent_at bigint,
  correlation_id text COLLATE "C" NOT NULL
);

-- The notifications of one order in their order.
CREATE INDEX notifications_notification_by_order ON notifications_notification (order_id, id);
