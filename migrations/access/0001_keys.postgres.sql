-- API keys. Of a key's text only the SHA-256 is kept: it has 256 random bits, so that no salt and no
-- slow hash is needed. A key that was rotated has a successor of the same name.
CREATE TABLE access_key(
  id           text COLLATE "C" PRIMARY KEY CHECK (length(id) = 16),
  name         text COLLATE "C" NOT NULL,
  scopes       text COLLATE "C" NOT NULL,
  hash         bytea NOT NULL CHECK (length(hash) = 32),
  created_at   bigint NOT NULL,
  expires_at   bigint,
  revoked_at   bigint,
  last_used_at bigint,
  replaces     text COLLATE "C"
);
