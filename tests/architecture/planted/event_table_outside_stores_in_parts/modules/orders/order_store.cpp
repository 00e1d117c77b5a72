const char* const sql =
    "SELECT 1 FROM orders_order JOIN"
    " event_delivery USING(key)";
