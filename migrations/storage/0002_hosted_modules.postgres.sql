-- The modules that the node hosted when it last started. Tables of others stay as they were: nobody
-- works on them any more.
CREATE TABLE storage_hosted(
  module text COLLATE "C" PRIMARY KEY
);
