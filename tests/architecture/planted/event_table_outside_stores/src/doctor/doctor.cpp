const char* const sql = "select max(seq) from event_log";
