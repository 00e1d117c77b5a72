#include <sqlite3.h>

void replace(sqlite3_io_methods& methods, int (*sync)(sqlite3_file*, int)) {
  methods.xSync = sync;
}
