-- One row: the version of the program that made the database, and of the one that last opened it. A
-- database that has a node by now was made by the only version before this table.
CREATE TABLE storage_program(
  only INTEGER PRIMARY KEY CHECK (only = 1),
  made_by TEXT NOT NULL,
  opened_by TEXT NOT NULL
) STRICT;
INSERT INTO storage_program(only, made_by, opened_by) SELECT 1, '0.1.0', '0.1.0' FROM storage_node;
