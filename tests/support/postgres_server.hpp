#pragma once

#include "support/process.hpp"
#include "support/temporary_folder.hpp"

#include <memory>
#include <string>

namespace orderflow::test {

/// A real PostgreSQL server of this test's own: it has its data and its one socket in a folder that
/// nobody else may enter, and listens on no port. As PostgreSQL does not run as root, a test that
/// does runs it as the user `postgres` of Debian's package.
///
/// Its databases order text as English does, and not by bytes as ours must: what leans on the
/// database's order shows. It ends with this object, or with the thread that started it.
class PostgresServer {
 public:
  /// Starts the newest server that is installed and waits until it takes connections. Throws
  /// `std::runtime_error` that says why where there is none or it does not start.
  PostgresServer();
  ~PostgresServer();

  /// What libpq connects to the database `postgres` with, as its only user, who may do everything.
  std::string connection_text() const;

 private:
  TemporaryFolder folder_;
  std::unique_ptr<Process> server_;
};

}  // namespace orderflow::test
