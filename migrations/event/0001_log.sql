-- The log: outbox, inbox, audit trail and archive in one append-only table. seq is given by the
-- writer, ascending and without reuse.
CREATE TABLE event_log(
  seq            INTEGER PRIMARY KEY,
  id             BLOB NOT NULL UNIQUE,
  kind           TEXT NOT NULL,
  version        INTEGER NOT NULL,
  key            TEXT NOT NULL,
  origin         TEXT NOT NULL,
  home           TEXT NOT NULL,
  correlation_id TEXT NOT NULL,
  causation_id   BLOB,
  traceparent    TEXT NOT NULL,
  occurred_at    INTEGER NOT NULL,
  payload        TEXT NOT NULL
) STRICT;

CREATE INDEX event_log_by_key ON event_log(key, seq);

-- One row a subscription. Everything up to the cursor is done or has a row in event_delivery.
-- The counts of those rows are kept here, so that nobody has to count them.
CREATE TABLE event_subscription(
  name     TEXT PRIMARY KEY,
  cursor   INTEGER NOT NULL,
  paused   INTEGER NOT NULL DEFAULT 0,
  handled  INTEGER NOT NULL DEFAULT 0,
  failed   INTEGER NOT NULL DEFAULT 0,
  running  INTEGER NOT NULL DEFAULT 0,
  retrying INTEGER NOT NULL DEFAULT 0,
  parked   INTEGER NOT NULL DEFAULT 0,
  dead     INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Exceptions only: what failed, what waits behind it, and an effect that the cursor has overtaken.
CREATE TABLE event_delivery(
  subscription    TEXT NOT NULL,
  seq             INTEGER NOT NULL,
  key             TEXT NOT NULL,
  state           TEXT NOT NULL CHECK (state IN ('running', 'retrying', 'parked', 'dead')),
  attempts        INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER,
  error           TEXT,
  since           INTEGER NOT NULL,
  PRIMARY KEY (subscription, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX event_delivery_by_key ON event_delivery(subscription, key, seq);
CREATE INDEX event_delivery_of_key ON event_delivery(key);
CREATE INDEX event_delivery_due ON event_delivery(subscription, next_attempt_at)
  WHERE state = 'retrying';
CREATE INDEX event_delivery_dead ON event_delivery(subscription, seq) WHERE state = 'dead';

-- Every attempt that failed, and the one that succeeded after a failure.
CREATE TABLE event_attempt(
  subscription TEXT NOT NULL,
  seq          INTEGER NOT NULL,
  attempt      INTEGER NOT NULL,
  key          TEXT NOT NULL,
  started_at   INTEGER NOT NULL,
  duration_us  INTEGER NOT NULL,
  error        TEXT,
  PRIMARY KEY (subscription, seq, attempt)
) STRICT, WITHOUT ROWID;

CREATE INDEX event_attempt_by_key ON event_attempt(key);
