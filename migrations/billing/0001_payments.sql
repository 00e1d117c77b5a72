-- One payment an order. The id is ordered by time, so new rows go to the end of the table and a
-- list is read newest first by the key alone.
CREATE TABLE billing_payment(
  id                BLOB PRIMARY KEY CHECK (length(id) = 16),
  order_id          BLOB NOT NULL CHECK (length(order_id) = 16),
  user_id           TEXT NOT NULL,
  currency          TEXT NOT NULL,
  amount            INTEGER NOT NULL CHECK (amount >= 0),
  payment_method    TEXT NOT NULL,
  state             TEXT NOT NULL CHECK (state IN ('requested', 'captured', 'declined')),
  gateway_key       TEXT NOT NULL,
  gateway_reference TEXT NOT NULL DEFAULT '',
  decline_code      TEXT NOT NULL DEFAULT '',
  attempts          INTEGER NOT NULL DEFAULT 0,
  last_error        TEXT NOT NULL DEFAULT '',
  created_at        INTEGER NOT NULL,
  updated_at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Unique, so that nothing can charge an order a second time.
CREATE UNIQUE INDEX billing_payment_by_order ON billing_payment(order_id);
