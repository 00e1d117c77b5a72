-- Where the idempotency keys stood when how much time had passed: what their age is told by. The time
-- of day, which can be wrong, is looked at only across a time in which the node did not run.
CREATE TABLE billing_idempotency_mark(
  place   INTEGER PRIMARY KEY,
  passed  INTEGER NOT NULL,
  seen_at INTEGER NOT NULL
) STRICT;
