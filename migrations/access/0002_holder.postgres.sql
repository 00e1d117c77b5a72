-- Whom a key was made for: what idempotency keys belong to. A successor has its predecessor's, and a new
-- key another one, whatever its name.
ALTER TABLE access_key ADD COLUMN holder text COLLATE "C" NOT NULL DEFAULT '';
