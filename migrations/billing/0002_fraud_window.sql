-- The recent orders of each user that passed the fraud rules. The key is in the order of the
-- question "what did this user order lately?", so that the answer is one range of one tree.
CREATE TABLE billing_fraud_window(
  user_id     TEXT NOT NULL,
  occurred_at INTEGER NOT NULL,
  order_id    BLOB NOT NULL CHECK (length(order_id) = 16),
  currency    TEXT NOT NULL,
  amount      INTEGER NOT NULL CHECK (amount >= 0),
  PRIMARY KEY (user_id, occurred_at, order_id)
) STRICT, WITHOUT ROWID;

-- Finds what has expired, also of users who never come back.
CREATE INDEX billing_fraud_window_by_time ON billing_fraud_window(occurred_at);
