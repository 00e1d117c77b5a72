-- One row: marks the last opening of the database by a node. Which marks the file may bear stands
-- beside it, so that a log of writes that another file has left in its place is found out.
CREATE TABLE storage_opening(
  "only" bigint PRIMARY KEY CHECK ("only" = 1),
  mark text COLLATE "C" NOT NULL
);
