-- Whom a key was made for: what idempotency keys belong to. A successor has its predecessor's, and a new
-- key another one, whatever its name. Keys of before have their name, under which theirs were kept.
ALTER TABLE access_key ADD COLUMN holder TEXT NOT NULL DEFAULT '';
UPDATE access_key SET holder = name;
