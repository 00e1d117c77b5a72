-- What users want to be told. A user without a row is told everything, in the default language.
CREATE TABLE notifications_preference (
  user_id text COLLATE "C" PRIMARY KEY NOT NULL,
  language text COLLATE "C" NOT NULL,        -- empty: the default one
  opted_out bigint NOT NULL CHECK (opted_out IN (0, 1)),
  updated_at bigint NOT NULL    -- microseconds UTC
);

-- Kinds of notification that a user does not want. Its user has a row above.
CREATE TABLE notifications_refused_kind (
  user_id text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  PRIMARY KEY (user_id, kind)
);

-- The key that links to unsubscribe are made with: one row, made when the first is needed.
CREATE TABLE notifications_unsubscribe_key (
  id bigint PRIMARY KEY CHECK (id = 1),
  key text COLLATE "C" NOT NULL              -- 256 random bits, base64
);

-- The language a notification is written in, the same at every attempt; and why it was skipped:
-- no_address, opted_out or not_wanted.
ALTER TABLE notifications_notification ADD COLUMN language text COLLATE "C" NOT NULL DEFAULT 'en';
ALTER TABLE notifications_notification ADD COLUMN skipped_because text COLLATE "C";
