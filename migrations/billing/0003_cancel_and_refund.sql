-- A payment may be canceled before it is charged and paid back after; an order that the fraud rules
-- refused keeps a row too, so that it is judged once. The states are checked by the table, so it is
-- made anew.
CREATE TABLE billing_payment_next(
  id                BLOB PRIMARY KEY CHECK (length(id) = 16),
  order_id          BLOB NOT NULL CHECK (length(order_id) = 16),
  user_id           TEXT NOT NULL,
  email             TEXT NOT NULL DEFAULT '',
  currency          TEXT NOT NULL,
  amount            INTEGER NOT NULL CHECK (amount >= 0),
  payment_method    TEXT NOT NULL,
  state             TEXT NOT NULL CHECK (state IN ('requested', 'sending', 'captured', 'declined',
                                                   'canceled', 'refused', 'refunding', 'refunded')),
  gateway_key       TEXT NOT NULL,
  gateway_reference TEXT NOT NULL DEFAULT '',
  decline_code      TEXT NOT NULL DEFAULT '',
  attempts          INTEGER NOT NULL DEFAULT 0,
  last_error        TEXT NOT NULL DEFAULT '',
  cancel_requested  INTEGER NOT NULL DEFAULT 0 CHECK (cancel_requested IN (0, 1)),
  cancel_reason     TEXT NOT NULL DEFAULT '',
  refund_key        TEXT NOT NULL DEFAULT '',
  refund_reference  TEXT NOT NULL DEFAULT '',
  refund_attempts   INTEGER NOT NULL DEFAULT 0,
  refunded_amount   INTEGER NOT NULL DEFAULT 0 CHECK (refunded_amount IN (0, amount)),
  created_at        INTEGER NOT NULL,
  updated_at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What was requested before may be at the gateway already.
INSERT INTO billing_payment_next(id, order_id, user_id, currency, amount, payment_method, state,
  gateway_key, gateway_reference, decline_code, attempts, last_error, created_at, updated_at)
SELECT id, order_id, user_id, currency, amount, payment_method,
  CASE state WHEN 'requested' THEN 'sending' ELSE state END, gateway_key,
  gateway_reference, decline_code, attempts, last_error, created_at, updated_at
FROM billing_payment;

DROP TABLE billing_payment;
ALTER TABLE billing_payment_next RENAME TO billing_payment;

-- Unique, so that nothing can charge an order a second time.
CREATE UNIQUE INDEX billing_payment_by_order ON billing_payment(order_id);

-- Who asked to cancel an order that billing has not judged yet. The row goes when it is judged.
CREATE TABLE billing_cancellation(
  order_id     BLOB PRIMARY KEY CHECK (length(order_id) = 16),
  reason       TEXT NOT NULL,
  requested_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
