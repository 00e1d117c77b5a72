-- What the shop does at the gateway by itself, in the gateway's dashboard, is booked as well. A refund
-- that was made there is a row like any other, of another origin; `gateway_key` stays unique, so it is
-- booked once.
-- (With a CHECK, SQLite would read the whole table to add a column.)
ALTER TABLE billing_refund ADD COLUMN origin TEXT NOT NULL DEFAULT 'orderflow';

-- What the buyers' banks have taken back and not given back: the sum of its disputes.
ALTER TABLE billing_payment ADD COLUMN disputed_amount INTEGER NOT NULL DEFAULT 0;

-- `told_at` is the gateway's time of the newest event about it: older ones change nothing.
CREATE TABLE billing_dispute(
  reference    TEXT PRIMARY KEY,
  payment_id   BLOB NOT NULL CHECK (length(payment_id) = 16),
  currency     TEXT NOT NULL,
  amount       INTEGER NOT NULL CHECK (amount > 0),
  status       TEXT NOT NULL,
  reason       TEXT NOT NULL DEFAULT '',
  is_withdrawn INTEGER NOT NULL CHECK (is_withdrawn IN (0, 1)),
  told_at      INTEGER NOT NULL,
  created_at   INTEGER NOT NULL,
  updated_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX billing_dispute_by_payment ON billing_dispute(payment_id);

-- What the gateway's books say and ours cannot: a person has to look. `subject` is a charge, a refund or
-- a dispute; `is_confirmed` is of use while a charge is compared anew: what is not found again goes.
CREATE TABLE billing_unbooked(
  reference        TEXT PRIMARY KEY,
  subject          TEXT NOT NULL CHECK (subject = 'charge' OR subject = 'refund' OR subject = 'dispute'),
  charge_reference TEXT NOT NULL,
  why              TEXT NOT NULL,
  is_confirmed     INTEGER NOT NULL DEFAULT 1 CHECK (is_confirmed IN (0, 1)),
  found_at         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX billing_unbooked_by_charge ON billing_unbooked(charge_reference);
