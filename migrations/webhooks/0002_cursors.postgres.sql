-- Each endpoint has its own place in the log, and a delivery a row only where it is under way again,
-- has failed, waits, or was made.
ALTER TABLE webhooks_endpoint RENAME COLUMN wanted_after TO cursor;
-- What it wanted in stretches of the log that it may not have passed: a JSON list of {"upto", "kinds"},
-- kinds as in its column, null: nothing.
ALTER TABLE webhooks_endpoint ADD COLUMN earlier text COLLATE "C" NOT NULL DEFAULT '[]';
-- The place in the log after which it has missed events when it was last disabled.
ALTER TABLE webhooks_endpoint ADD COLUMN missed_after bigint;

-- What is sent where the log may not have it any more: of events that wait for an endpoint, have
-- failed or are canceled.
CREATE INDEX webhooks_delivery_undelivered ON webhooks_delivery (seq) WHERE state <> 'delivered';
ALTER TABLE webhooks_message DROP COLUMN deliveries;
