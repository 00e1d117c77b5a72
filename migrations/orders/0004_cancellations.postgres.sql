-- Cancellations of orders that were processed, as long as they are under way: few, and the oldest is
-- what one looks for.
CREATE INDEX orders_order_canceling ON orders_order(cancel_requested_at)
  WHERE status = 'PROCESSED' AND cancel_requested_at IS NOT NULL;
