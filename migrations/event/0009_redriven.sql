-- What came from another node, for which module, and is not in the log any more: so that it is known
-- when it is sent again. The place ascends, so that the oldest is at the low end.
CREATE TABLE event_removed(
  place       INTEGER PRIMARY KEY,
  id          BLOB NOT NULL,
  audience    TEXT NOT NULL,
  occurred_at INTEGER NOT NULL,
  UNIQUE (id, audience)
) STRICT;

-- Whether an event from before then had come is not known any more.
ALTER TABLE event_retention ADD COLUMN remembers_since INTEGER NOT NULL DEFAULT 0;
UPDATE event_retention
SET remembers_since = coalesce((SELECT occurred_at FROM event_log ORDER BY seq LIMIT 1), 0)
WHERE removed_to > 0;
