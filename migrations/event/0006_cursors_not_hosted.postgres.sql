-- 1 where the node that started last works the subscription. A cursor that it does not work holds the
-- events that its subscription has not had, until an operator forgets it. The row stays even then: a
-- subscription that comes back goes on where it was, and does nothing twice.
ALTER TABLE event_subscription ADD COLUMN hosted bigint NOT NULL DEFAULT 1;
ALTER TABLE event_subscription ADD COLUMN forgotten_at bigint;
