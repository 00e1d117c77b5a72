-- The lives of the database, the present one last. A copy takes a life of its own when it is first
-- started: what its log says after the place `since` is not what the life before says there.
CREATE TABLE storage_life(
  number INTEGER PRIMARY KEY,
  id     TEXT NOT NULL,
  since  INTEGER NOT NULL
) STRICT;

-- One row, or none: this file is a copy that was never started.
CREATE TABLE storage_copy(
  only INTEGER PRIMARY KEY CHECK (only = 1)
) STRICT;
