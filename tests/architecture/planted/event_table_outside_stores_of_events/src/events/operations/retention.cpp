const char* const sql = "UPDATE OR REPLACE event_attempt SET attempt = 1";
