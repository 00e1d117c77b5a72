-- The modules that the program had when the node last started: one that it hosts for the first time is a
-- change of its list only where it could have hosted it before. Empty: a program before this table.
CREATE TABLE storage_known_module(
  module TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
