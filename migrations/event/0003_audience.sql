-- An event that came from another node is for one module: its audience. Another module of this node
-- that hears it has it once more, under an audience of its own.
CREATE TABLE event_log_with_audience(
  seq            INTEGER PRIMARY KEY,
  id             BLOB NOT NULL,
  kind           TEXT NOT NULL,
  version        INTEGER NOT NULL,
  key            TEXT NOT NULL,
  origin         TEXT NOT NULL,
  home           TEXT NOT NULL,
  correlation_id TEXT NOT NULL,
  causation_id   BLOB,
  traceparent    TEXT NOT NULL,
  occurred_at    INTEGER NOT NULL,
  payload        TEXT NOT NULL,
  audience       TEXT NOT NULL DEFAULT '',
  UNIQUE (id, audience)
) STRICT;

INSERT INTO event_log_with_audience(seq, id, kind, version, key, origin, home, correlation_id,
                                    causation_id, traceparent, occurred_at, payload)
SELECT seq, id, kind, version, key, origin, home, correlation_id, causation_id, traceparent,
       occurred_at, payload
FROM event_log ORDER BY seq;

DROP TABLE event_log;
ALTER TABLE event_log_with_audience RENAME TO event_log;
CREATE INDEX event_log_by_key ON event_log(key, seq);
