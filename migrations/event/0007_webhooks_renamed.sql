-- Webhooks became a module of their own: what its subscription did goes on where it was, under the
-- name that it has now.
UPDATE event_subscription SET name = 'webhooks.send' WHERE name = 'notifications.webhooks';
UPDATE event_delivery SET subscription = 'webhooks.send' WHERE subscription = 'notifications.webhooks';
UPDATE event_attempt SET subscription = 'webhooks.send' WHERE subscription = 'notifications.webhooks';
UPDATE event_audit SET subscription = 'webhooks.send' WHERE subscription = 'notifications.webhooks';
UPDATE event_replay SET subscription = 'webhooks.send' WHERE subscription = 'notifications.webhooks';
UPDATE event_replay_scope SET subscription = 'webhooks.send'
  WHERE subscription = 'notifications.webhooks';
