-- One row an order. The id is a version 7 UUID, so the key's order is the order of placing and the
-- newest page is at the end of the tree.
CREATE TABLE orders_order(
  id             BLOB PRIMARY KEY,
  user_id        TEXT NOT NULL,
  email          TEXT NOT NULL,
  currency       TEXT NOT NULL,
  total_amount   INTEGER NOT NULL CHECK (total_amount >= 0),
  payment_method TEXT NOT NULL,
  items          TEXT NOT NULL,
  status         TEXT NOT NULL,
  reasons        TEXT NOT NULL DEFAULT '[]',
  correlation_id TEXT NOT NULL,
  created_at     INTEGER NOT NULL,
  updated_at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX orders_order_by_user ON orders_order(user_id, id);

-- Nearly all orders end as PROCESSED; the others are few, and they are what one looks for.
CREATE INDEX orders_order_unusual ON orders_order(status, id) WHERE status <> 'PROCESSED';

-- An event that asked for an impossible transition changed nothing and is kept here.
CREATE TABLE orders_refused_transition(
  event_id    BLOB PRIMARY KEY,
  order_id    BLOB NOT NULL,
  from_status TEXT NOT NULL,
  to_status   TEXT NOT NULL,
  occurred_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
