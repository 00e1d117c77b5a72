-- How often the gateway was about to be asked under a key, and for refunds when it was first: a key is
-- as old as its first sending, whatever message it is sent for later, and a refusal is believed at
-- once only where nothing was sent before. What was open or given up before may have been sent.
ALTER TABLE billing_payment ADD COLUMN sendings INTEGER NOT NULL DEFAULT 0;
UPDATE billing_payment SET sendings = 1 WHERE state IN ('sending', 'processing');

ALTER TABLE billing_refund ADD COLUMN sent_at INTEGER;
ALTER TABLE billing_refund ADD COLUMN sendings INTEGER NOT NULL DEFAULT 0;
UPDATE billing_refund SET sent_at = created_at, sendings = 1
WHERE state IN ('requested', 'abandoned');
