ALTER TABLE orders_order ADD COLUMN cancel_requested_at INTEGER;

-- Which order a client's idempotency key has placed. The answer is made anew from the order's row.
-- The place ascends with time, so that what has expired is at the low end.
CREATE TABLE orders_idempotency(
  place       INTEGER PRIMARY KEY,
  client      TEXT NOT NULL,
  key         TEXT NOT NULL,
  fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
  order_id    BLOB NOT NULL CHECK (length(order_id) = 16),
  created_at  INTEGER NOT NULL,
  UNIQUE (client, key)
) STRICT;
