-- One row: the name that this node's events carry as their origin.
CREATE TABLE storage_node(
  "only" bigint PRIMARY KEY CHECK ("only" = 1),
  name text COLLATE "C" NOT NULL
);
