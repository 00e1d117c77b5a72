-- What the shop does at the gateway by itself, in the gateway's dashboard, is booked as well. A refund
-- that was made there is a row like any other, of another origin; `gateway_key` stays unique, so it is
-- booked once.
ALTER TABLE billing_refund ADD COLUMN origin text COLLATE "C" NOT NULL DEFAULT 'orderflow';

-- What the buyers' banks have taken back and not given back: the sum of its disputes.
ALTER TABLE billing_payment ADD COLUMN disputed_amount bigint NOT NULL DEFAULT 0;

-- `told_at` is the gateway's time of the newest event about it: older ones change nothing.
CREATE TABLE billing_dispute(
  reference    text COLLATE "C" PRIMARY KEY,
  payment_id   uuid NOT NULL,
  currency     text COLLATE "C" NOT NULL,
  amount       bigint NOT NULL CHECK (amount > 0),
  status       text COLLATE "C" NOT NULL,
  reason       text COLLATE "C" NOT NULL DEFAULT '',
  is_withdrawn bigint NOT NULL CHECK (is_withdrawn IN (0, 1)),
  told_at      bigint NOT NULL,
  created_at   bigint NOT NULL,
  updated_at   bigint NOT NULL
);

CREATE INDEX billing_dispute_by_payment ON billing_dispute(payment_id);

-- What the gateway's books say and ours cannot: a person has to look. `subject` is a charge, a refund or
-- a dispute; `is_confirmed` is of use while a charge is compared anew: what is not found again goes.
CREATE TABLE billing_unbooked(
  reference        text COLLATE "C" PRIMARY KEY,
  subject          text COLLATE "C" NOT NULL CHECK (subject IN ('charge', 'refund', 'dispute')),
  charge_reference text COLLATE "C" NOT NULL,
  why              text COLLATE "C" NOT NULL,
  is_confirmed     bigint NOT NULL DEFAULT 1 CHECK (is_confirmed IN (0, 1)),
  found_at         bigint NOT NULL
);

CREATE INDEX billing_unbooked_by_charge ON billing_unbooked(charge_reference);
