-- A payment may be canceled before it is charged and paid back after; an order that the fraud rules
-- refused keeps a row too, so that it is judged once.
ALTER TABLE billing_payment
  ADD COLUMN email            text COLLATE "C" NOT NULL DEFAULT '',
  ADD COLUMN cancel_requested bigint NOT NULL DEFAULT 0 CHECK (cancel_requested IN (0, 1)),
  ADD COLUMN cancel_reason    text COLLATE "C" NOT NULL DEFAULT '',
  ADD COLUMN refund_key       text COLLATE "C" NOT NULL DEFAULT '',
  ADD COLUMN refund_reference text COLLATE "C" NOT NULL DEFAULT '',
  ADD COLUMN refund_attempts  bigint NOT NULL DEFAULT 0,
  ADD COLUMN refunded_amount  bigint NOT NULL DEFAULT 0
    CONSTRAINT billing_payment_refunded_amount_check CHECK (refunded_amount IN (0, amount)),
  DROP CONSTRAINT billing_payment_state_check,
  ADD CONSTRAINT billing_payment_state_check
    CHECK (state IN ('requested', 'sending', 'captured', 'declined', 'canceled', 'refused',
                     'refunding', 'refunded'));

-- Who asked to cancel an order that billing has not judged yet. The row goes when it is judged.
CREATE TABLE billing_cancellation(
  order_id     uuid PRIMARY KEY,
  reason       text COLLATE "C" NOT NULL,
  requested_at bigint NOT NULL
);
