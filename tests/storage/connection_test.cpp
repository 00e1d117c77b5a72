#include "database_fixture.hpp"
#include "storage/error.hpp"
#include "storage/readers.hpp"
#include "storage/transaction.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <string>

namespace orderflow::storage {
namespace {

struct Shop : DatabaseFixture {
  Shop() {
    connection.run_migration("shop",
                             "CREATE TABLE shop_item(id INTEGER PRIMARY KEY, name TEXT,"
                             " price INTEGER CHECK (price >= 0)) STRICT");
    connection.run_migration("bank", "CREATE TABLE bank_account(id INTEGER PRIMARY KEY) STRICT");
  }
  Session shop = connection.session("shop");
};

TEST_CASE_FIXTURE(DatabaseFixture, "an inserted row's key is returned") {
  connection.run_migration("shop",
                           "CREATE TABLE shop_item(place INTEGER PRIMARY KEY, text TEXT) STRICT");
  Session shop = connection.session("shop");
  CHECK(shop.insert("INSERT INTO shop_item(text) VALUES(?1) RETURNING place", "a") == 1);
  shop.execute("INSERT INTO shop_item(place, text) VALUES(41, 'b')");
  CHECK(shop.insert("INSERT INTO shop_item(text) VALUES(?1) RETURNING place", "c") == 42);
}

TEST_CASE_FIXTURE(Shop, "what was written is read back with its types") {
  const core::Uuid id = core::make_uuid_v7(1'700'000'000'000, {1, 2, 3});
  connection.run_migration("shop",
                           "CREATE TABLE shop_kind(u BLOB, t INTEGER, s TEXT, b INTEGER,"
                           " n TEXT, r REAL) STRICT");
  shop.execute("INSERT INTO shop_kind VALUES(?1, ?2, ?3, ?4, ?5, ?6)", id, core::from_micros(42),
               std::string("täxt"), true, std::optional<std::string>{}, 1.5);
  auto rows = shop.query("SELECT u, t, s, b, n, r FROM shop_kind");
  REQUIRE(rows.next());
  CHECK(rows.get<core::Uuid>(0) == id);
  CHECK(rows.get<core::Timestamp>(1) == core::from_micros(42));
  CHECK(rows.get<std::string>(2) == "täxt");
  CHECK(rows.get<bool>(3));
  CHECK_FALSE(rows.get<std::optional<std::string>>(4));
  CHECK(rows.get<double>(5) == doctest::Approx(1.5));
  CHECK(rows.to_text(0) == id.to_string());
  CHECK(rows.to_text(1) == "42");
  CHECK(rows.to_text(2) == "täxt");
  CHECK(rows.to_text(4).empty());
  CHECK_FALSE(rows.next());
}

TEST_CASE_FIXTURE(Shop, "the writer syncs every commit and holds foreign keys") {
  const auto pragma = [&](const char* sql) {
    auto rows = connection.session("storage").query(sql);
    rows.next();
    return rows.get<std::string>(0);
  };
  CHECK(pragma("PRAGMA journal_mode") == "wal");
  CHECK(pragma("PRAGMA synchronous") == "2");  // FULL
  CHECK(pragma("PRAGMA foreign_keys") == "1");
}

TEST_CASE_FIXTURE(Shop,
                  "the log of a file is written a transaction at a time, from the first one on") {
  const auto file_of = [&](int which) {
    sqlite3_file* found = nullptr;
    CHECK(sqlite3_file_control(connection.handle(), "main", which, &found) == SQLITE_OK);
    return found;
  };
  const sqlite3_file* const log = file_of(SQLITE_FCNTL_JOURNAL_POINTER);
  REQUIRE(log != nullptr);
  REQUIRE(log->pMethods != nullptr);
  const bool is_taken =
      log->pMethods->xWrite != file_of(SQLITE_FCNTL_FILE_POINTER)->pMethods->xWrite;
  CHECK(is_taken);
}

TEST_CASE("a database in memory has no log") {
  Connection connection(":memory:", Connection::Mode::read_write);
  connection.run_migration("shop", "CREATE TABLE shop_item(id INTEGER PRIMARY KEY) STRICT");
  CHECK(connection.session("shop").execute("INSERT INTO shop_item VALUES(1)") == 1);
}

TEST_CASE_FIXTURE(Shop, "a query can run inside the same query") {
  for (int i = 1; i <= 3; ++i)
    shop.execute("INSERT INTO shop_item(id) VALUES(?1)", i);
  int pairs = 0;
  const std::string_view sql = "SELECT id FROM shop_item ORDER BY id";
  auto outer = shop.query(sql);
  while (outer.next()) {
    auto inner = shop.query(sql);
    while (inner.next())
      ++pairs;
  }
  CHECK(pairs == 9);
}

TEST_CASE_FIXTURE(Shop, "a wrong number of parameters is refused before anything runs") {
  CHECK_THROWS_WITH_AS(shop.execute("INSERT INTO shop_item(id) VALUES(?1)"),
                       doctest::Contains("takes 1 parameters, 0 were given"), Error);
}

TEST_CASE_FIXTURE(Shop, "a text with a NUL in it is neither stored nor looked up") {
  const std::string text("a\0b", 3);
  CHECK_THROWS_WITH_AS(shop.execute("INSERT INTO shop_item(name) VALUES(?1)", text),
                       doctest::Contains("a text with a NUL"), Error);
  CHECK_THROWS_AS(shop.query("SELECT id FROM shop_item WHERE name = ?1", text), Error);
  CHECK(shop.query("SELECT id FROM shop_item WHERE name = ?1", "a").next() == false);
}

TEST_CASE_FIXTURE(Shop, "a table that exists is found, whoever owns it") {
  CHECK(connection.has_table("shop_item"));
  CHECK(connection.has_table("bank_account"));
  CHECK_FALSE(connection.has_table("shop_items"));
}

TEST_CASE_FIXTURE(Shop, "a broken constraint is distinguished from a storage failure") {
  CHECK_THROWS_AS(shop.execute("INSERT INTO shop_item(price) VALUES(-1)"), ConstraintViolation);
}

TEST_CASE_FIXTURE(Shop, "a statement on another owner's table fails at prepare") {
  CHECK_THROWS_AS(shop.query("SELECT id FROM bank_account"), OwnershipViolation);
  CHECK_THROWS_AS(shop.execute("INSERT INTO bank_account VALUES(1)"), OwnershipViolation);
  CHECK_THROWS_AS(shop.execute("UPDATE bank_account SET id = 2"), OwnershipViolation);
  CHECK_THROWS_AS(shop.execute("DELETE FROM bank_account"), OwnershipViolation);
  CHECK_THROWS_AS(shop.query("SELECT s.id FROM shop_item s JOIN bank_account b ON b.id = s.id"),
                  OwnershipViolation);
  CHECK_THROWS_AS(shop.query("SELECT count(*) FROM bank_account"), OwnershipViolation);
}

TEST_CASE_FIXTURE(Shop, "an owner whose name is a prefix of another's does not reach its tables") {
  CHECK_THROWS_AS(connection.session("sho").query("SELECT id FROM shop_item"), OwnershipViolation);
  CHECK_THROWS_AS(connection.session("").query("SELECT id FROM shop_item"), OwnershipViolation);
}

TEST_CASE_FIXTURE(Shop, "an owner may not define tables, attach files, or end the transaction") {
  CHECK_THROWS_AS(shop.execute("CREATE TABLE shop_more(id INTEGER)"), OwnershipViolation);
  CHECK_THROWS_AS(shop.execute("DROP TABLE shop_item"), OwnershipViolation);
  CHECK_THROWS_AS(shop.execute("ATTACH ':memory:' AS other"), OwnershipViolation);
  CHECK_THROWS_AS(shop.execute("PRAGMA synchronous=OFF"), OwnershipViolation);
  CHECK_THROWS_AS(shop.execute("COMMIT"), OwnershipViolation);
  CHECK_THROWS_AS(shop.query("SELECT name FROM sqlite_master"), OwnershipViolation);
}

TEST_CASE_FIXTURE(Shop,
                  "ownership still holds when a schema change makes a statement prepare again") {
  const std::string_view sql = "SELECT id FROM shop_item";
  CHECK_FALSE(shop.query(sql).next());
  connection.run_migration("bank", "CREATE TABLE bank_more(id INTEGER) STRICT");
  CHECK_FALSE(shop.query(sql).next());
  CHECK_THROWS_AS(shop.query("SELECT id FROM bank_more"), OwnershipViolation);
}

TEST_CASE_FIXTURE(Shop, "a migration reaches its own owner's tables only") {
  CHECK_THROWS_AS(connection.run_migration("shop", "CREATE TABLE bank_evil(id INTEGER)"),
                  OwnershipViolation);
  CHECK_THROWS_AS(connection.run_migration("shop", "DROP TABLE bank_account"), OwnershipViolation);
  CHECK_THROWS_AS(connection.run_migration("shop", "CREATE INDEX shop_i ON bank_account(id)"),
                  OwnershipViolation);
}

TEST_CASE_FIXTURE(Shop, "an unfinished transaction and savepoint are rolled back") {
  {
    Transaction transaction(connection);
    shop.execute("INSERT INTO shop_item(id) VALUES(1)");
    {
      Savepoint savepoint(connection);
      shop.execute("INSERT INTO shop_item(id) VALUES(2)");
    }
    transaction.commit();
  }
  {
    Transaction transaction(connection);
    shop.execute("INSERT INTO shop_item(id) VALUES(3)");
  }
  auto rows = shop.query("SELECT group_concat(id) FROM shop_item");
  rows.next();
  CHECK(rows.get<std::string>(0) == "1");
}

TEST_CASE_FIXTURE(Shop, "a database is opened with a large log that a killed process has left") {
  // Stays below the size at which the writer would empty the log by itself.
  for (int n = 0; n < 400; ++n) {
    connection.session("shop").execute("INSERT INTO shop_item(id, name) VALUES(?1, ?2)", 1'000 + n,
                                       std::string(3'000, 'x'));
  }
  const auto copy = folder.path() / "killed.db";
  const auto log_of = [](const std::filesystem::path& database) {
    return std::filesystem::path(database.string() + "-wal");
  };
  REQUIRE(std::filesystem::file_size(log_of(file)) > 1'000'000);
  std::filesystem::copy_file(file, copy);
  std::filesystem::copy_file(log_of(file), log_of(copy));
  Connection opened(copy, Connection::Mode::read_write);
  auto rows = opened.session("shop").query("SELECT count(*) FROM shop_item WHERE id >= 1000");
  REQUIRE(rows.next());
  CHECK(rows.get<int>(0) == 400);
}

TEST_CASE_FIXTURE(Shop, "a reader sees committed rows only, in one snapshot, and cannot write") {
  Readers readers(file);
  const auto count = [](Session session) {
    auto rows = session.query("SELECT count(*) FROM shop_item");
    rows.next();
    return rows.get<int>(0);
  };
  {
    Transaction transaction(connection);
    shop.execute("INSERT INTO shop_item(id) VALUES(1)");
    CHECK(readers.read("shop", count) == 0);
    transaction.commit();
  }
  readers.read("shop", [&](Session session) {
    CHECK(count(session) == 1);
    shop.execute("INSERT INTO shop_item(id) VALUES(2)");
    CHECK(count(session) == 1);
    CHECK_THROWS_AS(session.execute("INSERT INTO shop_item(id) VALUES(3)"), StorageFailure);
  });
  CHECK(readers.read("shop", count) == 2);
}

}  // namespace
}  // namespace orderflow::storage
