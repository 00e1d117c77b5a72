-- Each row belongs to a generation of the projection, so that it can be made anew beside the one
-- that is read; and refunds are counted. Rows of one generation stand together, so that the rows of
-- a replaced one are found without a search.
CREATE TABLE users_statistics_next(
  generation    INTEGER NOT NULL,
  user_id       TEXT NOT NULL,
  placed        INTEGER NOT NULL DEFAULT 0,
  processed     INTEGER NOT NULL DEFAULT 0,
  canceled      INTEGER NOT NULL DEFAULT 0,
  declined      INTEGER NOT NULL DEFAULT 0,
  refunded      INTEGER NOT NULL DEFAULT 0,
  last_order_id TEXT,
  last_order_at INTEGER,
  PRIMARY KEY (generation, user_id)
) STRICT, WITHOUT ROWID;

INSERT INTO users_statistics_next(generation, user_id, placed, processed, canceled, declined,
  last_order_id, last_order_at)
SELECT 0, user_id, placed, processed, canceled, declined, last_order_id, last_order_at
FROM users_statistics;

DROP TABLE users_statistics;
ALTER TABLE users_statistics_next RENAME TO users_statistics;

CREATE TABLE users_spent_next(
  generation INTEGER NOT NULL,
  user_id    TEXT NOT NULL,
  currency   TEXT NOT NULL,
  amount     INTEGER NOT NULL,
  PRIMARY KEY (generation, user_id, currency)
) STRICT, WITHOUT ROWID;

INSERT INTO users_spent_next(generation, user_id, currency, amount)
SELECT 0, user_id, currency, amount FROM users_spent;

DROP TABLE users_spent;
ALTER TABLE users_spent_next RENAME TO users_spent;

-- One row: the generation that is read.
CREATE TABLE users_generation(
  only    INTEGER PRIMARY KEY CHECK (only = 1),
  current INTEGER NOT NULL
) STRICT;

INSERT INTO users_generation(only, current) VALUES(1, 0);
