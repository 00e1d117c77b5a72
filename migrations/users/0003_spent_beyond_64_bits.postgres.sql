-- What a user has spent is exact however large it is: `quintillions` times 10^18, and `amount`. A sum
-- that fits 64 bits, as all do that stand here already, has no quintillions.
ALTER TABLE users_spent ADD COLUMN quintillions bigint NOT NULL DEFAULT 0;
