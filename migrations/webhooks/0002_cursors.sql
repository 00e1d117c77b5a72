-- Each endpoint has its own place in the log, and a delivery a row only where it is under way again,
-- has failed, waits, or was made. Until now the one subscription of all endpoints had made rows for
-- all up to its place.
-- reads: event_subscription
ALTER TABLE webhooks_endpoint RENAME COLUMN wanted_after TO cursor;
-- What it wanted in stretches of the log that it may not have passed: a JSON list of {"upto", "kinds"},
-- kinds as in its column, null: nothing.
ALTER TABLE webhooks_endpoint ADD COLUMN earlier TEXT NOT NULL DEFAULT '[]';
-- The place in the log after which it has missed events when it was last disabled.
ALTER TABLE webhooks_endpoint ADD COLUMN missed_after INTEGER;
UPDATE webhooks_endpoint
SET cursor = max(cursor, removed_to, coalesce(
  (SELECT cursor FROM event_subscription WHERE name = 'webhooks.send'), 0));

-- What is sent where the log may not have it any more: of events that wait for an endpoint, have
-- failed or are canceled.
CREATE INDEX webhooks_delivery_undelivered ON webhooks_delivery (seq) WHERE state <> 'delivered';
ALTER TABLE webhooks_message DROP COLUMN deliveries;
DELETE FROM webhooks_message WHERE NOT EXISTS
  (SELECT 1 FROM webhooks_delivery INDEXED BY webhooks_delivery_undelivered
   WHERE webhooks_delivery.seq = webhooks_message.seq AND state <> 'delivered');
