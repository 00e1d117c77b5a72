-- One payment an order. The id is ordered by time, so new rows go to the end of the table and a
-- list is read newest first by the key alone.
CREATE TABLE billing_payment(
  id                uuid PRIMARY KEY,
  order_id          uuid NOT NULL,
  user_id           text COLLATE "C" NOT NULL,
  currency          text COLLATE "C" NOT NULL,
  amount            bigint NOT NULL CHECK (amount >= 0),
  payment_method    text COLLATE "C" NOT NULL,
  state             text COLLATE "C" NOT NULL CHECK (state IN ('requested', 'captured', 'declined')),
  gateway_key       text COLLATE "C" NOT NULL,
  gateway_reference text COLLATE "C" NOT NULL DEFAULT '',
  decline_code      text COLLATE "C" NOT NULL DEFAULT '',
  attempts          bigint NOT NULL DEFAULT 0,
  last_error        text COLLATE "C" NOT NULL DEFAULT '',
  created_at        bigint NOT NULL,
  updated_at        bigint NOT NULL
);

-- Unique, so that nothing can charge an order a second time.
CREATE UNIQUE INDEX billing_payment_by_order ON billing_payment(order_id);
