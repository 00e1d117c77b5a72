#include "postgres_client.hpp"

namespace orderflow::portable_sql {
namespace {

struct Clear {
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, Clear>;

Result succeeded(PGresult* result, const std::string& sql) {
  Result owned(result);
  const ExecStatusType status = PQresultStatus(result);
  // A script of comments alone is none of the others.
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY)
    return owned;
  const char* reason = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  throw Refused(reason != nullptr ? reason : "no answer to " + sql);
}

}  // namespace

PostgresClient::PostgresClient(const std::string& connection_text)
    : connection_(PQconnectdb(connection_text.c_str())) {
  if (PQstatus(connection_.get()) != CONNECTION_OK) {
    throw Refused(PQerrorMessage(connection_.get()));
  }
  // What it would say of names that are cut and the like is not asked for.
  run("SET client_min_messages = error");
}

void PostgresClient::run(const std::string& sql) {
  succeeded(PQexec(connection_.get(), sql.c_str()), sql);
}

std::vector<PostgresRow> PostgresClient::rows(const std::string& sql) {
  const Result result = succeeded(PQexec(connection_.get(), sql.c_str()), sql);
  std::vector<PostgresRow> all;
  for (int row = 0; row < PQntuples(result.get()); ++row) {
    PostgresRow& cells = all.emplace_back();
    for (int column = 0; column < PQnfields(result.get()); ++column) {
      if (PQgetisnull(result.get(), row, column) != 0) {
        cells.emplace_back();
      } else {
        cells.emplace_back(PQgetvalue(result.get(), row, column));
      }
    }
  }
  return all;
}

Prepared PostgresClient::prepare(const std::string& sql, const std::vector<Oid>& types) {
  succeeded(
      PQprepare(connection_.get(), "", sql.c_str(), static_cast<int>(types.size()), types.data()),
      sql);
  const Result described = succeeded(PQdescribePrepared(connection_.get(), ""), sql);
  Prepared prepared;
  for (int i = 0; i < PQnparams(described.get()); ++i)
    prepared.parameters.push_back(PQparamtype(described.get(), i));
  for (int i = 0; i < PQnfields(described.get()); ++i)
    prepared.columns.push_back(PQftype(described.get(), i));
  return prepared;
}

}  // namespace orderflow::portable_sql
