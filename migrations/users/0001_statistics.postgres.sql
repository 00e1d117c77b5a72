-- A projection of the log: one row a user, and one for each currency that he has paid in.
CREATE TABLE users_statistics(
  user_id       text COLLATE "C" PRIMARY KEY,
  placed        bigint NOT NULL DEFAULT 0,
  processed     bigint NOT NULL DEFAULT 0,
  canceled      bigint NOT NULL DEFAULT 0,
  declined      bigint NOT NULL DEFAULT 0,
  last_order_id text COLLATE "C",
  last_order_at bigint
);

CREATE TABLE users_spent(
  user_id  text COLLATE "C" NOT NULL,
  currency text COLLATE "C" NOT NULL,
  amount   bigint NOT NULL,
  PRIMARY KEY (user_id, currency)
);
