#include "storage/incarnations.hpp"

#include "storage/error.hpp"
#include "storage/openings.hpp"
#include "storage/ownership.hpp"
#include "storage/transaction.hpp"

#include <cstdio>
#include <string_view>
#include <system_error>

namespace orderflow::storage {
namespace {

namespace fs = std::filesystem;

Session tables_of(Connection& connection) {
  return connection.session(Ownership::storage_layer);
}

bool has_lives(Connection& connection) {
  return connection.has_table("storage_copy");
}

constexpr std::string_view remedy = "Move it away, and the -shm file beside it";

void begin_life(Session session, core::Random& random, std::int64_t since) {
  char id[17];
  std::snprintf(id, sizeof id, "%016llx", static_cast<unsigned long long>(random.next()));
  const auto number =
      session.insert("INSERT INTO storage_life(id, since) VALUES(?1, ?2) RETURNING number",
                     std::string(id), since);
  session.execute("DELETE FROM storage_life WHERE number <= ?1", number - incarnations_max);
}

std::vector<Incarnation> read_incarnations(Session session) {
  std::vector<Incarnation> all;
  auto rows = session.query("SELECT id, since FROM storage_life ORDER BY number");
  while (rows.next())
    all.push_back({.id = rows.get<std::string>(0), .since = rows.get<std::int64_t>(1)});
  return all;
}

}  // namespace

std::vector<Incarnation> incarnations(Connection& connection, core::Random& random) {
  auto all = read_incarnations(tables_of(connection));
  if (!all.empty()) return all;
  Transaction transaction(connection);
  begin_life(tables_of(connection), random, 0);
  transaction.commit();
  return read_incarnations(tables_of(connection));
}

void mark_as_copy(const fs::path& file) {
  {
    // Its log of writes goes with the connection.
    Connection copy(file, Connection::Mode::read_write);
    if (!has_lives(copy)) return;
    tables_of(copy).execute("INSERT INTO storage_copy(\"only\") VALUES(1) ON CONFLICT DO NOTHING");
  }
  if (!is_unstarted_copy(file)) {
    throw StorageFailure("cannot mark " + file.string() + " as a copy", 0);
  }
}

bool is_unstarted_copy(const fs::path& file) {
  std::error_code failed;
  if (!fs::is_regular_file(file, failed)) return false;
  try {
    // As the file is, whatever write-ahead log lies beside it.
    Connection copy(file, Connection::Mode::unchanging);
    return has_lives(copy) && tables_of(copy).query("SELECT 1 FROM storage_copy").next();
  } catch (const Error&) {
    return false;
  }
}

void require_own_wal(const fs::path& file) {
  const std::string log = file.string() + "-wal";
  std::error_code none;
  const auto bytes = fs::file_size(log, none);
  if (none || bytes == 0) return;
  if (is_unstarted_copy(file)) {
    throw ForeignWal(log + " is what another database has left in this place: " + file.string() +
                     " is a copy that was never started. " + std::string(remedy));
  }
  if (has_foreign_log(file)) {
    throw ForeignWal(log + " is what another database has left in this place: " + file.string() +
                     " is not the file that was opened here last. " + std::string(remedy));
  }
}

void start_copy(const fs::path& file, core::Random& random,
                const std::function<std::int64_t(Connection& copy)>& newest) {
  if (!is_unstarted_copy(file)) return;
  Connection copy(file, Connection::Mode::read_write);
  // While the file is marked as never started no write-ahead log may lie beside it.
  copy.run("PRAGMA journal_mode=DELETE");
  Transaction transaction(copy);
  begin_life(tables_of(copy), random, newest(copy));
  tables_of(copy).execute("DELETE FROM storage_copy");
  transaction.commit();
}

}  // namespace orderflow::storage
