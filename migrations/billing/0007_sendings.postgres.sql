-- How often the gateway was about to be asked under a key, and for refunds when it was first: a key is
-- as old as its first sending, whatever message it is sent for later, and a refusal is believed at
-- once only where nothing was sent before.
ALTER TABLE billing_payment ADD COLUMN sendings bigint NOT NULL DEFAULT 0;

ALTER TABLE billing_refund
  ADD COLUMN sent_at  bigint,
  ADD COLUMN sendings bigint NOT NULL DEFAULT 0;
