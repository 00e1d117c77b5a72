-- What was given up, which an operator may have sent again: found without a look at what was
-- delivered. Costs nothing where nothing fails.
CREATE INDEX notifications_webhook_delivery_failed
  ON notifications_webhook_delivery (endpoint_id, seq) WHERE state = 'failed';
