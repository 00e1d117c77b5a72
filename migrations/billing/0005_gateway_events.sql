-- The events that the payment gateway sent and that were taken, so that none is taken twice. The
-- place ascends with time, so that what was kept long enough is at the low end.
CREATE TABLE billing_gateway_event(
  place    INTEGER PRIMARY KEY,
  event_id TEXT NOT NULL UNIQUE,
  taken_at INTEGER NOT NULL
) STRICT;

-- What waits for the gateway's answer, few at any time, is found without looking at all payments.
CREATE INDEX billing_payment_unanswered ON billing_payment(updated_at)
  WHERE state IN ('sending', 'processing');
CREATE INDEX billing_refund_unanswered ON billing_refund(updated_at) WHERE state = 'requested';
