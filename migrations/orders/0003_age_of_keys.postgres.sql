-- Where the idempotency keys stood when how much time had passed: what their age is told by. The time
-- of day, which can be wrong, is looked at only across a time in which the node did not run.
CREATE TABLE orders_idempotency_mark(
  place   bigint PRIMARY KEY,
  passed  bigint NOT NULL,
  seen_at bigint NOT NULL
);
