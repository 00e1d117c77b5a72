-- One row an order. The id is a version 7 UUID, so the key's order is the order of placing and the
-- newest page is at the end of the tree.
CREATE TABLE orders_order(
  id             uuid PRIMARY KEY,
  user_id        text COLLATE "C" NOT NULL,
  email          text COLLATE "C" NOT NULL,
  currency       text COLLATE "C" NOT NULL,
  total_amount   bigint NOT NULL CHECK (total_amount >= 0),
  payment_method text COLLATE "C" NOT NULL,
  items          text COLLATE "C" NOT NULL,
  status         text COLLATE "C" NOT NULL,
  reasons        text COLLATE "C" NOT NULL DEFAULT '[]',
  correlation_id text COLLATE "C" NOT NULL,
  created_at     bigint NOT NULL,
  updated_at     bigint NOT NULL
);

CREATE INDEX orders_order_by_user ON orders_order(user_id, id);

-- Nearly all orders end as PROCESSED; the others are few, and they are what one looks for.
CREATE INDEX orders_order_unusual ON orders_order(status, id) WHERE status <> 'PROCESSED';

-- An event that asked for an impossible transition changed nothing and is kept here.
CREATE TABLE orders_refused_transition(
  event_id    uuid PRIMARY KEY,
  order_id    uuid NOT NULL,
  from_status text COLLATE "C" NOT NULL,
  to_status   text COLLATE "C" NOT NULL,
  occurred_at bigint NOT NULL
);
