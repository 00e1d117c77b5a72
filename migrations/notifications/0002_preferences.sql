-- What users want to be told. A user without a row is told everything, in the default language.
CREATE TABLE notifications_preference (
  user_id TEXT PRIMARY KEY NOT NULL,
  language TEXT NOT NULL,        -- empty: the default one
  opted_out INTEGER NOT NULL CHECK (opted_out IN (0, 1)),
  updated_at INTEGER NOT NULL    -- microseconds UTC
) STRICT, WITHOUT ROWID;

-- Kinds of notification that a user does not want. Its user has a row above.
CREATE TABLE notifications_refused_kind (
  user_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  PRIMARY KEY (user_id, kind)
) STRICT, WITHOUT ROWID;

-- The key that links to unsubscribe are made with: one row, made when the first is needed.
CREATE TABLE notifications_unsubscribe_key (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  key TEXT NOT NULL              -- 256 random bits, base64
) STRICT;

-- The language a notification is written in, the same at every attempt; and why it was skipped:
-- no_address, opted_out or not_wanted.
ALTER TABLE notifications_notification ADD COLUMN language TEXT NOT NULL DEFAULT 'en';
ALTER TABLE notifications_notification ADD COLUMN skipped_because TEXT;
UPDATE notifications_notification SET skipped_because = 'no_address' WHERE status = 'skipped';
