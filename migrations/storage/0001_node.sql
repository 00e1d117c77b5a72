-- One row: the name that this node's events carry as their origin.
CREATE TABLE storage_node(
  only INTEGER PRIMARY KEY CHECK (only = 1),
  name TEXT NOT NULL
) STRICT;
