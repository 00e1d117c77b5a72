-- A payment is paid back in parts, so each part is a row of its own, and the payment counts what was
-- paid back and what is promised. The table itself refuses more than was captured. The states are
-- checked by the table, so it is made anew; `processing` is for gateways that take their time, and
-- `sent_at` is when the gateway was asked to charge first.
CREATE TABLE billing_payment_next(
  id                BLOB PRIMARY KEY CHECK (length(id) = 16),
  order_id          BLOB NOT NULL CHECK (length(order_id) = 16),
  user_id           TEXT NOT NULL,
  email             TEXT NOT NULL DEFAULT '',
  currency          TEXT NOT NULL,
  amount            INTEGER NOT NULL CHECK (amount >= 0),
  payment_method    TEXT NOT NULL,
  state             TEXT NOT NULL CHECK (state IN ('requested', 'sending', 'processing', 'captured',
                                                   'declined', 'canceled', 'refused', 'refunded')),
  gateway_key       TEXT NOT NULL,
  gateway_reference TEXT NOT NULL DEFAULT '',
  decline_code      TEXT NOT NULL DEFAULT '',
  attempts          INTEGER NOT NULL DEFAULT 0,
  last_error        TEXT NOT NULL DEFAULT '',
  cancel_requested  INTEGER NOT NULL DEFAULT 0 CHECK (cancel_requested IN (0, 1)),
  cancel_reason     TEXT NOT NULL DEFAULT '',
  refunded_amount   INTEGER NOT NULL DEFAULT 0 CHECK (refunded_amount >= 0),
  refunding_amount  INTEGER NOT NULL DEFAULT 0 CHECK (refunding_amount >= 0),
  sent_at           INTEGER,
  created_at        INTEGER NOT NULL,
  updated_at        INTEGER NOT NULL,
  CHECK (refunding_amount <= amount - refunded_amount),
  CHECK (state IN ('captured', 'refunded') OR (refunded_amount = 0 AND refunding_amount = 0)),
  CHECK (state <> 'refunded' OR refunded_amount = amount)
) STRICT, WITHOUT ROWID;

-- What was sent before was sent when it was created, or later.
INSERT INTO billing_payment_next(id, order_id, user_id, email, currency, amount, payment_method,
  state, gateway_key, gateway_reference, decline_code, attempts, last_error, cancel_requested,
  cancel_reason, refunded_amount, refunding_amount, sent_at, created_at, updated_at)
SELECT id, order_id, user_id, email, currency, amount, payment_method,
  CASE state WHEN 'refunding' THEN 'captured' ELSE state END, gateway_key, gateway_reference,
  decline_code, attempts, CASE WHEN refund_key = '' THEN last_error ELSE '' END, cancel_requested,
  cancel_reason, refunded_amount, CASE state WHEN 'refunding' THEN amount ELSE 0 END,
  CASE state WHEN 'sending' THEN created_at END, created_at, updated_at
FROM billing_payment;

-- requested: to be made, the gateway is or may have been asked; its amount is promised.
-- made: paid back. refused: the gateway has said no, for good. abandoned: an operator gave it up.
-- The gateway's key is unique, so that nothing can be paid back twice under one.
CREATE TABLE billing_refund(
  id                BLOB PRIMARY KEY CHECK (length(id) = 16),
  payment_id        BLOB NOT NULL CHECK (length(payment_id) = 16),
  order_id          BLOB NOT NULL CHECK (length(order_id) = 16),
  currency          TEXT NOT NULL,
  amount            INTEGER NOT NULL CHECK (amount > 0),
  reason            TEXT NOT NULL DEFAULT '',
  state             TEXT NOT NULL CHECK (state IN ('requested', 'made', 'refused', 'abandoned')),
  gateway_key       TEXT NOT NULL,
  gateway_reference TEXT NOT NULL DEFAULT '',
  attempts          INTEGER NOT NULL DEFAULT 0,
  last_error        TEXT NOT NULL DEFAULT '',
  created_at        INTEGER NOT NULL,
  updated_at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The identifiers have the time of the payment, and bits of payment and order: version 7 all the same.
INSERT INTO billing_refund(id, payment_id, order_id, currency, amount, reason, state, gateway_key,
  gateway_reference, attempts, last_error, created_at, updated_at)
SELECT CAST(substr(id, 1, 9) || substr(order_id, 10, 7) AS BLOB), id, order_id, currency, amount,
  cancel_reason, CASE state WHEN 'refunded' THEN 'made' ELSE 'requested' END, refund_key,
  refund_reference, refund_attempts, last_error, updated_at, updated_at
FROM billing_payment WHERE state IN ('refunding', 'refunded') AND amount > 0;

DROP TABLE billing_payment;
ALTER TABLE billing_payment_next RENAME TO billing_payment;

-- Unique, so that nothing can charge an order a second time.
CREATE UNIQUE INDEX billing_payment_by_order ON billing_payment(order_id);

CREATE UNIQUE INDEX billing_refund_by_key ON billing_refund(gateway_key);
-- The refunds of one payment; the key that is in every index entry gives their order.
CREATE INDEX billing_refund_by_payment ON billing_refund(payment_id);

-- Which refund a client's idempotency key has asked for, and what was answered. The place ascends
-- with time, so that what has expired is at the low end.
CREATE TABLE billing_idempotency(
  place       INTEGER PRIMARY KEY,
  client      TEXT NOT NULL,
  key         TEXT NOT NULL,
  fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
  payment_id  BLOB NOT NULL CHECK (length(payment_id) = 16),
  refund_id   BLOB NOT NULL CHECK (length(refund_id) = 16),
  answer      TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  UNIQUE (client, key)
) STRICT;
