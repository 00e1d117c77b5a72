-- One row: the version of the program that made the database, and of the one that last opened it.
CREATE TABLE storage_program(
  "only"    bigint PRIMARY KEY CHECK ("only" = 1),
  made_by   text COLLATE "C" NOT NULL,
  opened_by text COLLATE "C" NOT NULL
);
