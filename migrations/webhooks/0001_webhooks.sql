-- Endpoints of others that are told of events (standardwebhooks.com). Earlier versions had them among
-- the tables of notifications.
-- takes over: notifications_webhook_endpoint as webhooks_endpoint
-- takes over: notifications_webhook_message as webhooks_message
-- takes over: notifications_webhook_delivery as webhooks_delivery
-- takes over: notifications_webhook_attempt as webhooks_attempt
CREATE TABLE IF NOT EXISTS webhooks_endpoint (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  url TEXT NOT NULL,
  description TEXT NOT NULL,
  kinds TEXT NOT NULL,             -- a JSON list of event kinds; empty: every public one
  state TEXT NOT NULL CHECK (state IN ('enabled', 'disabled', 'deleted')),
  disabled_because TEXT,           -- set while it is disabled
  secret TEXT NOT NULL,            -- in the clear, for it signs
  previous_secret TEXT,            -- signs as well until previous_until
  previous_until INTEGER,
  wanted_after INTEGER NOT NULL,   -- a place in the log: it gets what comes later, of its kinds
  known_after INTEGER NOT NULL,    -- and from here on its kinds have been the same, for the doctor
  canceled_to INTEGER NOT NULL,    -- what waits up to here is canceled, though its rows may not say so yet
  removed_to INTEGER NOT NULL,     -- up to here deliveries may have been removed for their age
  failures INTEGER NOT NULL,       -- failed attempts in a row
  failing_since INTEGER,           -- start of the first of them
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What is sent, once for all endpoints and the same at every attempt.
CREATE TABLE IF NOT EXISTS webhooks_message (
  seq INTEGER PRIMARY KEY,         -- the event's place in the log
  event_id BLOB NOT NULL CHECK (length(event_id) = 16),
  kind TEXT NOT NULL,
  correlation_id TEXT NOT NULL,
  traceparent TEXT NOT NULL,
  body TEXT NOT NULL,
  deliveries INTEGER NOT NULL      -- rows that refer to it; it goes with the last one
) STRICT;

CREATE TABLE IF NOT EXISTS webhooks_delivery (
  endpoint_id BLOB NOT NULL,
  seq INTEGER NOT NULL,
  key TEXT NOT NULL,               -- the event's: deliveries of one key keep their order
  -- due: tried at due_at. parked: waits for an earlier one of its key.
  state TEXT NOT NULL CHECK (state IN ('due', 'parked', 'delivered', 'failed', 'canceled')),
  attempts INTEGER NOT NULL,       -- that have ended
  attempts_before INTEGER NOT NULL, -- those before it was last sent again
  due_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  ended_at INTEGER,                -- null while it waits
  last_status INTEGER,             -- HTTP; null where there was no answer
  last_error TEXT,
  PRIMARY KEY (endpoint_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS webhooks_attempt (
  endpoint_id BLOB NOT NULL,
  seq INTEGER NOT NULL,
  number INTEGER NOT NULL,         -- from 1
  started_at INTEGER NOT NULL,
  duration_us INTEGER NOT NULL,
  status INTEGER,
  error TEXT,                      -- null where it was accepted
  PRIMARY KEY (endpoint_id, seq, number)
) STRICT, WITHOUT ROWID;

DROP INDEX IF EXISTS notifications_webhook_delivery_due;
DROP INDEX IF EXISTS notifications_webhook_delivery_waiting;
DROP INDEX IF EXISTS notifications_webhook_delivery_failed;

-- What an endpoint is to be sent next.
CREATE INDEX webhooks_delivery_due ON webhooks_delivery (endpoint_id, due_at, seq)
  WHERE state = 'due';

-- Who waits for whom.
CREATE INDEX webhooks_delivery_waiting ON webhooks_delivery (endpoint_id, key, seq)
  WHERE state IN ('due', 'parked');

-- What was given up, which an operator may have sent again: found without a look at what was
-- delivered. Costs nothing where nothing fails.
CREATE INDEX webhooks_delivery_failed ON webhooks_delivery (endpoint_id, seq)
  WHERE state = 'failed';
