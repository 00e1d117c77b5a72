-- The log: outbox, inbox, audit trail and archive in one append-only table. seq is given by the
-- writer, ascending and without reuse.
CREATE TABLE event_log(
  seq            bigint PRIMARY KEY,
  id             uuid NOT NULL UNIQUE,
  kind           text COLLATE "C" NOT NULL,
  version        bigint NOT NULL,
  key            text COLLATE "C" NOT NULL,
  origin         text COLLATE "C" NOT NULL,
  home           text COLLATE "C" NOT NULL,
  correlation_id text COLLATE "C" NOT NULL,
  causation_id   uuid,
  traceparent    text COLLATE "C" NOT NULL,
  occurred_at    bigint NOT NULL,
  payload        text COLLATE "C" NOT NULL
);

CREATE INDEX event_log_by_key ON event_log(key, seq);

-- One row a subscription. Everything up to the cursor is done or has a row in event_delivery.
-- The counts of those rows are kept here, so that nobody has to count them.
CREATE TABLE event_subscription(
  name     text COLLATE "C" PRIMARY KEY,
  cursor   bigint NOT NULL,
  paused   bigint NOT NULL DEFAULT 0,
  handled  bigint NOT NULL DEFAULT 0,
  failed   bigint NOT NULL DEFAULT 0,
  running  bigint NOT NULL DEFAULT 0,
  retrying bigint NOT NULL DEFAULT 0,
  parked   bigint NOT NULL DEFAULT 0,
  dead     bigint NOT NULL DEFAULT 0
);

-- Exceptions only: what failed, what waits behind it, and an effect that the cursor has overtaken.
CREATE TABLE event_delivery(
  subscription    text COLLATE "C" NOT NULL,
  seq             bigint NOT NULL,
  key             text COLLATE "C" NOT NULL,
  state           text COLLATE "C" NOT NULL
                    CHECK (state IN ('running', 'retrying', 'parked', 'dead')),
  attempts        bigint NOT NULL DEFAULT 0,
  next_attempt_at bigint,
  error           text COLLATE "C",
  since           bigint NOT NULL,
  PRIMARY KEY (subscription, seq)
);

CREATE INDEX event_delivery_by_key ON event_delivery(subscription, key, seq);
CREATE INDEX event_delivery_of_key ON event_delivery(key);
CREATE INDEX event_delivery_due ON event_delivery(subscription, next_attempt_at)
  WHERE state = 'retrying';
CREATE INDEX event_delivery_dead ON event_delivery(subscription, seq) WHERE state = 'dead';

-- Every attempt that failed, and the one that succeeded after a failure.
CREATE TABLE event_attempt(
  subscription text COLLATE "C" NOT NULL,
  seq          bigint NOT NULL,
  attempt      bigint NOT NULL,
  key          text COLLATE "C" NOT NULL,
  started_at   bigint NOT NULL,
  duration_us  bigint NOT NULL,
  error        text COLLATE "C",
  PRIMARY KEY (subscription, seq, attempt)
);

CREATE INDEX event_attempt_by_key ON event_attempt(key);
