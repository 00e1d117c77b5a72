-- Webhooks follow the log by themselves from now on and have no rows here. What has failed in their
-- subscription is before its place again, from where each endpoint's own rows tell what it has had.
UPDATE event_subscription
SET cursor = min(cursor, (SELECT coalesce(min(seq) - 1, cursor) FROM event_delivery
                          WHERE subscription = 'webhooks.send')),
  running = 0, retrying = 0, parked = 0, dead = 0
WHERE name = 'webhooks.send';
DELETE FROM event_delivery WHERE subscription = 'webhooks.send';
