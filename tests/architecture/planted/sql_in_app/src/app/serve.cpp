const char* const sql = "SELECT name FROM access_key";
