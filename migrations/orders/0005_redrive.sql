-- Orders that were not final in time and whose events were sent once more: how often, and when last.
CREATE TABLE orders_redrive(
  order_id BLOB PRIMARY KEY CHECK (length(order_id) = 16),
  times    INTEGER NOT NULL,
  last_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
