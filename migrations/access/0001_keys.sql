-- API keys. Of a key's text only the SHA-256 is kept: it has 256 random bits, so that no salt and no
-- slow hash is needed. A key that was rotated has a successor of the same name.
CREATE TABLE access_key(
  id           TEXT PRIMARY KEY CHECK (length(id) = 16),
  name         TEXT NOT NULL,
  scopes       TEXT NOT NULL,
  hash         BLOB NOT NULL CHECK (length(hash) = 32),
  created_at   INTEGER NOT NULL,
  expires_at   INTEGER,
  revoked_at   INTEGER,
  last_used_at INTEGER,
  replaces     TEXT
) STRICT, WITHOUT ROWID;
