#include "storage/program_versions.hpp"

#include "storage/ownership.hpp"
#include "storage/transaction.hpp"

#include <sqlite3.h>

namespace orderflow::storage {
namespace {

ProgramVersions read_versions(Session session) {
  auto rows = session.query("SELECT made_by, opened_by FROM storage_program");
  if (!rows.next()) return {};
  return {.made_by = rows.get<std::string>(0), .opened_by = rows.get<std::string>(1)};
}

}  // namespace

ProgramVersions record_program(Connection& connection, std::string_view version) {
  Session session = connection.session(Ownership::storage_layer);
  Transaction transaction(connection);
  ProgramVersions before = read_versions(session);
  if (before.opened_by != version) {
    session.execute(
        "INSERT INTO storage_program(\"only\", made_by, opened_by) VALUES(1, ?1, ?1)"
        " ON CONFLICT(\"only\") DO UPDATE SET opened_by = excluded.opened_by",
        version);
  }
  transaction.commit();
  return before;
}

ProgramVersions program_versions(Connection& connection) {
  Session session = connection.session(Ownership::storage_layer);
  if (connection.has_table("storage_program")) return read_versions(session);
  auto node = session.query("SELECT 1 FROM storage_node");
  // The only version that kept no word of itself.
  return node.next() ? ProgramVersions{.made_by = "0.1.0", .opened_by = "0.1.0"}
                     : ProgramVersions{};
}

std::string sqlite_version() {
  return ::sqlite3_libversion();
}

}  // namespace orderflow::storage
