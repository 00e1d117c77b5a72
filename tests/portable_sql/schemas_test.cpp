#include "schemas.hpp"
#include "core/clock.hpp"
#include "portable_database.hpp"
#include "storage/migration.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace orderflow::portable_sql {
namespace {

namespace fs = std::filesystem;

/// Indexes whose columns differ. Each has the same reason: in SQLite the entries of an index end in
/// the key of its table, by which the rows are read in order; in PostgreSQL the column must be
/// said.
const std::set<std::string> with_key_at_its_end{"billing_refund_by_payment", "event_audit_by_key",
                                                "notifications_notification_by_order"};

/// Not even the first column is the same: in SQLite an index has one at least, in PostgreSQL what
/// its condition says already need not be in it.
const std::set<std::string> of_key_alone{"event_audit_refused"};

Schema migrated_sqlite() {
  const test::TemporaryFolder folder;
  storage::Connection connection(folder.path() / "test.db", storage::Connection::Mode::read_write);
  const auto all = storage::embedded_migrations();
  storage::migrate(connection, all, all, core::Timestamp{});
  return sqlite_schema(connection);
}

std::string text_of(const Column& column) {
  return column.type + (column.may_be_null ? ", may be null" : ", not null") +
         (column.default_value.empty() ? "" : ", default " + column.default_value);
}

std::string text_of(const Index& index) {
  std::string text = index.is_unique ? "unique" : "";
  if (index.is_partial) text += " partial";
  for (const std::string& column : index.columns)
    text += " " + column;
  return text;
}

template <class Parts>
std::set<std::string> names_of(const Parts& parts) {
  std::set<std::string> names;
  for (const auto& [name, part] : parts)
    names.insert(name);
  return names;
}

void compare_indexes(const Table& sqlite, const Table& postgres) {
  CHECK(names_of(postgres.indexes) == names_of(sqlite.indexes));
  for (const auto& [name, index] : sqlite.indexes) {
    CAPTURE(name);
    if (!postgres.indexes.contains(name)) continue;
    Index expected = index;
    if (with_key_at_its_end.contains(name)) {
      expected.columns.push_back(sqlite.primary_key.front());
    } else if (of_key_alone.contains(name)) {
      expected.columns = sqlite.primary_key;
    }
    CHECK(text_of(postgres.indexes.at(name)) == text_of(expected));
  }
}

TEST_CASE("each script for PostgreSQL belongs to a migration") {
  std::set<fs::path> scripts;
  for (const auto& entry : fs::recursive_directory_iterator(ORDERFLOW_MIGRATIONS))
    if (entry.path().string().ends_with(".postgres.sql")) scripts.insert(entry.path());
  CHECK(scripts.size() > 30);
  for (const MigrationPair& pair : migration_pairs())
    scripts.erase(pair.postgres);
  for (const fs::path& script : scripts)
    FAIL_CHECK(script, " has no migration");
}

TEST_CASE("both engines have the same tables, columns, keys and indexes") {
  const Schema sqlite = migrated_sqlite();
  const Schema postgres = postgres_schema(portable_database());
  CHECK(names_of(postgres) == names_of(sqlite));
  CHECK(sqlite.size() > 30);
  for (const auto& [name, table] : sqlite) {
    CAPTURE(name);
    if (!postgres.contains(name)) continue;
    const Table& other = postgres.at(name);
    CHECK(names_of(other.columns) == names_of(table.columns));
    for (const auto& [column_name, column] : table.columns) {
      CAPTURE(column_name);
      if (other.columns.contains(column_name))
        CHECK(text_of(other.columns.at(column_name)) == text_of(column));
    }
    CHECK(other.primary_key == table.primary_key);
    if (!other.numbered_by_it.empty()) CHECK(other.numbered_by_it == table.numbered_by_it);
    compare_indexes(table, other);
  }
}

TEST_CASE("a column that differs is told") {
  // The reader of PostgreSQL's tables, on tables that are not as ours are.
  PostgresClient& postgres = portable_database();
  postgres.run(
      "BEGIN; ALTER TABLE orders_order ALTER email TYPE text COLLATE \"en-x-icu\","
      " ALTER total_amount TYPE integer, ALTER currency DROP NOT NULL;"
      " DROP INDEX orders_order_by_user");
  const Table changed = postgres_schema(postgres).at("orders_order");
  postgres.run("ROLLBACK");
  CHECK(changed.columns.at("email").type == "text of collation en-x-icu");
  CHECK(changed.columns.at("total_amount").type == "integer of 32 bits");
  CHECK(changed.columns.at("currency").may_be_null);
  CHECK_FALSE(changed.indexes.contains("orders_order_by_user"));
}

}  // namespace
}  // namespace orderflow::portable_sql
