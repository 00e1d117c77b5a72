const char* const statement = "create  table orders_order (id)";
