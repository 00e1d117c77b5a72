-- Deaths are numbered, so that a bulk replay takes those that had died before it began and not one
-- that dies again meanwhile; the clock could not tell, for it may jump.
ALTER TABLE event_subscription ADD COLUMN deaths INTEGER NOT NULL DEFAULT 0;
-- The generation of a projection's rows that its subscription writes.
ALTER TABLE event_subscription ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;

ALTER TABLE event_delivery ADD COLUMN death INTEGER;
-- Attempts before the last replay: they use up nothing any more.
ALTER TABLE event_delivery ADD COLUMN attempts_forgiven INTEGER NOT NULL DEFAULT 0;
-- The payload as an operator has edited it, for this subscription alone; the log keeps the original.
ALTER TABLE event_delivery ADD COLUMN payload TEXT;

-- What operators did, in order. seq is null where it was not about one event.
CREATE TABLE event_audit(
  place          INTEGER PRIMARY KEY,
  at             INTEGER NOT NULL,
  actor          TEXT NOT NULL,
  action         TEXT NOT NULL,
  subscription   TEXT NOT NULL,
  seq            INTEGER,
  key            TEXT,
  reason         TEXT NOT NULL DEFAULT '',
  detail         TEXT NOT NULL DEFAULT '{}',
  correlation_id TEXT NOT NULL
) STRICT;

CREATE INDEX event_audit_by_key ON event_audit(key) WHERE key IS NOT NULL;

-- A bulk replay and how far it is. Empty text in a filter: no matter which.
CREATE TABLE event_replay(
  id           BLOB PRIMARY KEY CHECK (length(id) = 16),
  requested_at INTEGER NOT NULL,
  actor        TEXT NOT NULL,
  subscription TEXT NOT NULL,
  kind         TEXT NOT NULL,
  key          TEXT NOT NULL,
  error        TEXT NOT NULL,
  matched      INTEGER NOT NULL,
  replayed     INTEGER NOT NULL DEFAULT 0,
  finished_at  INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE event_replay_scope(
  replay_id    BLOB NOT NULL REFERENCES event_replay(id),
  subscription TEXT NOT NULL,
  after_seq    INTEGER NOT NULL,
  upto_death   INTEGER NOT NULL,
  PRIMARY KEY (replay_id, subscription)
) STRICT, WITHOUT ROWID;

-- A projection that is being made anew beside the one that is read.
CREATE TABLE event_rebuild(
  subscription TEXT PRIMARY KEY,
  generation   INTEGER NOT NULL,
  started_at   INTEGER NOT NULL,
  upto         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Generations that nobody reads any more and whose rows are still to be removed.
CREATE TABLE event_stale_generation(
  subscription TEXT NOT NULL,
  generation   INTEGER NOT NULL,
  PRIMARY KEY (subscription, generation)
) STRICT, WITHOUT ROWID;

-- One row: how far retention has removed events. The log never gives a place again.
CREATE TABLE event_retention(
  only       INTEGER PRIMARY KEY CHECK (only = 1),
  removed_to INTEGER NOT NULL,
  removed    INTEGER NOT NULL
) STRICT;

INSERT INTO event_retention(only, removed_to, removed) VALUES(1, 0, 0);
