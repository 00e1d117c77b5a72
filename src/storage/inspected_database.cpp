#include "storage/inspected_database.hpp"

#include "core/digest.hpp"
#include "storage/data_folder.hpp"
#include "storage/error.hpp"
#include "storage/incarnations.hpp"
#include "storage/ownership.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <map>
#include <utility>

namespace orderflow::storage {
namespace {

namespace fs = std::filesystem;

Session all_of(Connection& connection) {
  return connection.session(Ownership::storage_layer);
}

std::int64_t number(Connection& connection, std::string_view sql) {
  auto rows = all_of(connection).query(sql);
  return rows.next() ? rows.get<std::int64_t>(0) : 0;
}

fs::path wal_of(const fs::path& file) {
  return file.string() + "-wal";
}

std::string step_text(const Migration& step) {
  const std::string digits = std::to_string(step.number);
  return step.owner + "/" + std::string(4 - std::min<std::size_t>(digits.size(), 4), '0') + digits +
         "_" + step.name;
}

void check_file(Connection& connection, IntegrityCheck& check) {
  check.looked_at(number(connection, "PRAGMA page_count"), "pages");
  auto rows = all_of(connection).query("PRAGMA integrity_check(100)");
  while (rows.next()) {
    auto problem = rows.get<std::string>(0);
    if (problem != "ok") check.report(std::move(problem));
  }
}

void check_foreign_keys(Connection& connection, IntegrityCheck& check) {
  check.looked_at(number(connection, "SELECT count(*) FROM sqlite_schema WHERE type = 'table'"),
                  "tables");
  auto rows = all_of(connection).query("PRAGMA foreign_key_check");
  while (rows.next()) {
    check.report("row " + rows.get<std::string>(1) + " of " + rows.get<std::string>(0) +
                 " refers to a row of " + rows.get<std::string>(2) + " that is not there");
  }
}

void check_migrations(Connection& connection, const std::vector<Migration>& known,
                      IntegrityCheck& check) {
  std::int64_t count = 0;
  std::map<std::string, int> last;
  auto rows = all_of(connection)
                  .query(
                      "SELECT owner, number, name, checksum FROM storage_migration"
                      " ORDER BY owner, number");
  while (rows.next()) {
    ++count;
    const Migration step{rows.get<std::string>(0), rows.get<int>(1), rows.get<std::string>(2), {}};
    const auto found = std::ranges::find_if(known, [&](const Migration& one) {
      return one.owner == step.owner && one.number == step.number;
    });
    if (found == known.end()) {
      throw NotInspectable("the database is newer than this program: it has migration " +
                           step_text(step) +
                           ", which this program does not know. Use the program that serves it");
    }
    if (core::sha256_hex(found->sql) != rows.get<std::string>(3)) {
      check.report(step_text(step) + " was applied with another text than this program has");
    }
    if (step.number != ++last[step.owner]) {
      check.report(step_text(step) + " stands where number " + std::to_string(last[step.owner]) +
                   " is due");
      last[step.owner] = step.number;
    }
  }
  check.looked_at(count, "migrations");
}

}  // namespace

InspectedDatabase::InspectedDatabase(const fs::path& path) : file_(path) {
  std::error_code failed;
  if (fs::is_directory(file_, failed)) file_ /= "orderflow.db";
  if (!fs::is_regular_file(file_, failed)) {
    throw NotInspectable("there is no database " + file_.string());
  }
  try {
    require_own_wal(file_);
    open();
  } catch (const ForeignWal& e) {
    throw NotInspectable(e.what());
  } catch (const Error& e) {
    if ((e.code() & 0xff) == SQLITE_NOTADB) {
      throw NotInspectable(file_.string() + " is not a database");
    }
    throw NotInspectable("cannot read " + file_.string() + ": " + e.what());
  }
}

void InspectedDatabase::open() {
  // A node makes the WAL when it opens the file and removes it when it ends in order. Where there
  // is none nobody has the file open, and SQLite need not leave one behind.
  with_wal_ = fs::exists(wal_of(file_));
  bytes_ = fs::file_size(file_);
  written_at_ = fs::last_write_time(file_);
  connection_ = std::make_unique<Connection>(
      file_, with_wal_ ? Connection::Mode::read_only : Connection::Mode::unchanging);
  connection_->run("PRAGMA cache_size=-65536");
  connection_->run("BEGIN");
  if (!connection_->has_table("storage_migration") || !connection_->has_table("event_log"))
    throw NotInspectable(file_.string() + " is not a database of orderflow");
}

InspectedDatabase::~InspectedDatabase() = default;

bool InspectedDatabase::is_live() const {
  return with_wal_ && DataFolder::is_locked(file_.parent_path());
}

std::uintmax_t InspectedDatabase::bytes() const {
  return fs::file_size(file_) + (with_wal_ ? fs::file_size(wal_of(file_)) : 0);
}

void InspectedDatabase::renew_snapshot() {
  connection_->run("COMMIT; BEGIN");
}

std::map<std::string, int, std::less<>> InspectedDatabase::owners() const {
  std::map<std::string, int, std::less<>> steps;
  auto rows =
      all_of(*connection_).query("SELECT owner, max(number) FROM storage_migration GROUP BY owner");
  while (rows.next())
    steps.emplace(rows.get<std::string>(0), rows.get<int>(1));
  return steps;
}

std::set<std::string, std::less<>> InspectedDatabase::hosted() const {
  std::set<std::string, std::less<>> modules;
  if (!connection_->has_table("storage_hosted")) return modules;
  auto rows = all_of(*connection_).query("SELECT module FROM storage_hosted");
  while (rows.next())
    modules.insert(rows.get<std::string>(0));
  return modules;
}

std::string InspectedDatabase::node() const {
  auto rows = all_of(*connection_).query("SELECT name FROM storage_node");
  return rows.next() ? rows.get<std::string>(0) : std::string();
}

void InspectedDatabase::require_unchanged() const {
  if (with_wal_) return;
  if (!fs::exists(wal_of(file_)) && fs::file_size(file_) == bytes_ &&
      fs::last_write_time(file_) == written_at_) {
    return;
  }
  throw NotInspectable("a node has opened " + file_.string() + " meanwhile. Ask again");
}

void check_storage(Connection& connection, const std::vector<Migration>& known, bool all_pages,
                   IntegrityReport& report) {
  // Before all else: checks of tables that this program does not know would be worthless.
  IntegrityCheck& migrations = report.add("storage: migrations");
  try {
    check_migrations(connection, known, migrations);
  } catch (const Error& e) {
    migrations.report(std::string("cannot be checked: ") + e.what());
  }
  if (!all_pages) {
    for (const char* name : {"storage: integrity", "storage: foreign keys"}) {
      report.add(name).skip(needs_one_snapshot);
    }
    return;
  }
  report.run("storage: integrity", [&](IntegrityCheck& check) { check_file(connection, check); });
  report.run("storage: foreign keys",
             [&](IntegrityCheck& check) { check_foreign_keys(connection, check); });
}

}  // namespace orderflow::storage
