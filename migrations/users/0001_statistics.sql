-- A projection of the log: one row a user, and one for each currency that he has paid in.
CREATE TABLE users_statistics(
  user_id       TEXT PRIMARY KEY,
  placed        INTEGER NOT NULL DEFAULT 0,
  processed     INTEGER NOT NULL DEFAULT 0,
  canceled      INTEGER NOT NULL DEFAULT 0,
  declined      INTEGER NOT NULL DEFAULT 0,
  last_order_id TEXT,
  last_order_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE users_spent(
  user_id  TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount   INTEGER NOT NULL,
  PRIMARY KEY (user_id, currency)
) STRICT, WITHOUT ROWID;
