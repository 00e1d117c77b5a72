-- Each row belongs to a generation of the projection, so that it can be made anew beside the one
-- that is read; and refunds are counted.
ALTER TABLE users_statistics
  ADD COLUMN generation bigint NOT NULL,
  ADD COLUMN refunded   bigint NOT NULL DEFAULT 0,
  DROP CONSTRAINT users_statistics_pkey,
  ADD CONSTRAINT users_statistics_pkey PRIMARY KEY (generation, user_id);

ALTER TABLE users_spent
  ADD COLUMN generation bigint NOT NULL,
  DROP CONSTRAINT users_spent_pkey,
  ADD CONSTRAINT users_spent_pkey PRIMARY KEY (generation, user_id, currency);

-- One row: the generation that is read.
CREATE TABLE users_generation(
  "only"  bigint PRIMARY KEY CHECK ("only" = 1),
  current bigint NOT NULL
);

INSERT INTO users_generation("only", current) VALUES(1, 0);
