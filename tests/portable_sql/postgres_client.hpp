#pragma once

#include <libpq-fe.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace orderflow::portable_sql {

/// PostgreSQL's own word on why not.
class Refused : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What PostgreSQL makes of a statement: the types of its parameters and of its columns.
struct Prepared {
  std::vector<Oid> parameters;
  std::vector<Oid> columns;
};

using PostgresRow = std::vector<std::optional<std::string>>;

/// One connection. All members throw `Refused`.
class PostgresClient {
 public:
  explicit PostgresClient(const std::string& connection_text);

  /// Runs statements, separated by semicolons.
  void run(const std::string& sql);

  std::vector<PostgresRow> rows(const std::string& sql);

  /// Prepares one statement and does not run it. Type 0: as PostgreSQL infers it.
  Prepared prepare(const std::string& sql, const std::vector<Oid>& types);

 private:
  struct Close {
    void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
  };
  std::unique_ptr<PGconn, Close> connection_;
};

}  // namespace orderflow::portable_sql
