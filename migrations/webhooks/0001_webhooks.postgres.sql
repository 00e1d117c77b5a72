-- Endpoints of others that are told of events (standardwebhooks.com). On PostgreSQL no earlier version
-- had them among the tables of notifications.
CREATE TABLE webhooks_endpoint (
  id uuid PRIMARY KEY NOT NULL,
  url text COLLATE "C" NOT NULL,
  description text COLLATE "C" NOT NULL,
  kinds text COLLATE "C" NOT NULL,             -- a JSON list of event kinds; empty: every public one
  state text COLLATE "C" NOT NULL CHECK (state IN ('enabled', 'disabled', 'deleted')),
  disabled_because text COLLATE "C",           -- set while it is disabled
  secret text COLLATE "C" NOT NULL,            -- in the clear, for it signs
  previous_secret text COLLATE "C",            -- signs as well until previous_until
  previous_until bigint,
  wanted_after bigint NOT NULL,   -- a place in the log: it gets what comes later, of its kinds
  known_after bigint NOT NULL,    -- and from here on its kinds have been the same, for the doctor
  canceled_to bigint NOT NULL,    -- what waits up to here is canceled, though its rows may not say so yet
  removed_to bigint NOT NULL,     -- up to here deliveries may have been removed for their age
  failures bigint NOT NULL,       -- failed attempts in a row
  failing_since bigint,           -- start of the first of them
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL
);

-- What is sent, once for all endpoints and the same at every attempt.
CREATE TABLE webhooks_message (
  seq bigint PRIMARY KEY,         -- the event's place in the log
  event_id uuid NOT NULL,
  kind text COLLATE "C" NOT NULL,
  correlation_id text COLLATE "C" NOT NULL,
  traceparent text COLLATE "C" NOT NULL,
  body text COLLATE "C" NOT NULL,
  deliveries bigint NOT NULL      -- rows that refer to it; it goes with the last one
);

CREATE TABLE webhooks_delivery (
  endpoint_id uuid NOT NULL,
  seq bigint NOT NULL,
  key text COLLATE "C" NOT NULL,               -- the event's: deliveries of one key keep their order
  -- due: tried at due_at. parked: waits for an earlier one of its key.
  state text COLLATE "C" NOT NULL CHECK (state IN ('due', 'parked', 'delivered', 'failed', 'canceled')),
  attempts bigint NOT NULL,       -- that have ended
  attempts_before bigint NOT NULL, -- those before it was last sent again
  due_at bigint NOT NULL,
  created_at bigint NOT NULL,
  ended_at bigint,                -- null while it waits
  last_status bigint,             -- HTTP; null where there was no answer
  last_error text COLLATE "C",
  PRIMARY KEY (endpoint_id, seq)
);

-- What an endpoint is to be sent next.
CREATE INDEX webhooks_delivery_due
  ON webhooks_delivery (endpoint_id, due_at, seq) WHERE state = 'due';

-- Who waits for whom.
CREATE INDEX webhooks_delivery_waiting
  ON webhooks_delivery (endpoint_id, key, seq) WHERE state IN ('due', 'parked');

CREATE TABLE webhooks_attempt (
  endpoint_id uuid NOT NULL,
  seq bigint NOT NULL,
  number bigint NOT NULL,         -- from 1
  started_at bigint NOT NULL,
  duration_us bigint NOT NULL,
  status bigint,
  error text COLLATE "C",                      -- null where it was accepted
  PRIMARY KEY (endpoint_id, seq, number)
);

-- What was given up, which an operator may have sent again: found without a look at what was
-- delivered. Costs nothing where nothing fails.
CREATE INDEX webhooks_delivery_failed ON webhooks_delivery (endpoint_id, seq)
  WHERE state = 'failed';
