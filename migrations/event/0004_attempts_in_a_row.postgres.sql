-- Attempts in a row that used up nothing, because the peer of an effect was away or had too much
-- to do. They are what the wait before the next one grows by, and they are kept as one row: what is
-- forgiven for ever must not grow for ever.
ALTER TABLE event_delivery ADD COLUMN forgiven_in_a_row bigint NOT NULL DEFAULT 0;

-- How many attempts a row stands for, and when the first of them began; the rest of it is about the
-- last. Null: there was one.
ALTER TABLE event_attempt ADD COLUMN times bigint NOT NULL DEFAULT 1;
ALTER TABLE event_attempt ADD COLUMN first_started_at bigint;
