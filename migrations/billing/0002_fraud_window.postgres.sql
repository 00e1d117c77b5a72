-- The recent orders of each user that passed the fraud rules. The key is in the order of the
-- question "what did this user order lately?", so that the answer is one range of one tree.
CREATE TABLE billing_fraud_window(
  user_id     text COLLATE "C" NOT NULL,
  occurred_at bigint NOT NULL,
  order_id    uuid NOT NULL,
  currency    text COLLATE "C" NOT NULL,
  amount      bigint NOT NULL CHECK (amount >= 0),
  PRIMARY KEY (user_id, occurred_at, order_id)
);

-- Finds what has expired, also of users who never come back.
CREATE INDEX billing_fraud_window_by_time ON billing_fraud_window(occurred_at);
