#include "storage/migration.hpp"

#include "database_fixture.hpp"

#include <doctest/doctest.h>

#include <array>

namespace orderflow::storage {
namespace {

const core::Timestamp now = core::from_micros(1'700'000'000'000'000);

const Migration first{"shop", 1, "item", "CREATE TABLE shop_item(id INTEGER PRIMARY KEY) STRICT;"};
const Migration second{"shop", 2, "price", "ALTER TABLE shop_item ADD COLUMN price INTEGER;"};

TEST_CASE_FIXTURE(DatabaseFixture, "missing migrations are applied in order, once") {
  CHECK(migrate(connection, {first}, {first}, now) == 1);
  CHECK(migrate(connection, {first, second}, {first, second}, now) == 1);
  CHECK(migrate(connection, {first, second}, {first, second}, now) == 0);
  CHECK(connection.session("shop").execute("INSERT INTO shop_item VALUES(1, 2)") == 1);
}

TEST_CASE_FIXTURE(DatabaseFixture, "a migration may do what newer versions of SQLite do for it") {
  const Migration checked{
      "shop", 2, "price",
      "ALTER TABLE shop_item ADD COLUMN price INTEGER CHECK (price > 0);"
      "INSERT INTO shop_item(id) SELECT 7 FROM pragma_quick_check('shop_item');"};
  CHECK(migrate(connection, {first, checked}, {first, checked}, now) == 2);
  Session shop = connection.session("shop");
  CHECK(shop.query("SELECT id FROM shop_item WHERE id = 7").next());
  CHECK_THROWS(shop.query("SELECT 1 FROM pragma_quick_check('shop_item')"));
}

TEST_CASE_FIXTURE(DatabaseFixture, "a migration that was changed after it was applied is refused") {
  migrate(connection, {first}, {first}, now);
  Migration changed = first;
  changed.sql += " -- harmless?";
  CHECK_THROWS_WITH_AS(migrate(connection, {changed}, {changed}, now),
                       doctest::Contains("shop/0001_item was changed after it was applied"),
                       MigrationError);
}

TEST_CASE_FIXTURE(DatabaseFixture, "a database that is newer than the program is refused") {
  migrate(connection, {first, second}, {first, second}, now);
  CHECK_THROWS_WITH_AS(migrate(connection, {first}, {first}, now),
                       doctest::Contains("newer than this program: it has migration "
                                         "shop/0002_price"),
                       MigrationError);
}

TEST_CASE_FIXTURE(DatabaseFixture, "an applied migration that the program lacks is refused") {
  migrate(connection, {first, second}, {first, second}, now);
  CHECK_THROWS_WITH_AS(migrate(connection, {second}, {second}, now),
                       doctest::Contains("must be numbered from 1 without gaps"), MigrationError);
  CHECK_THROWS_WITH_AS(migrate(connection, {}, {second}, now),
                       doctest::Contains("shop/0001_item was applied to the database but is "
                                         "missing"),
                       MigrationError);
}

TEST_CASE_FIXTURE(DatabaseFixture, "a migration that fails leaves nothing behind") {
  const Migration broken{"shop", 1, "broken",
                         "CREATE TABLE shop_a(id INTEGER) STRICT; CREATE TABLE nonsense;"};
  CHECK_THROWS_WITH_AS(migrate(connection, {broken}, {broken}, now),
                       doctest::Contains("shop/0001_broken failed and was undone"), MigrationError);
  CHECK(migrate(connection, {first}, {first}, now) == 1);
  CHECK_THROWS(connection.session("shop").query("SELECT id FROM shop_a"));
}

TEST_CASE_FIXTURE(DatabaseFixture, "a node has the tables of the modules it hosts, and no others") {
  const auto all = embedded_migrations();
  const std::array<std::string_view, 3> owners{"storage", "event", "users"};
  migrate(connection, migrations_of(owners, all), all, now);
  CHECK_FALSE(connection.session("users").query("SELECT user_id FROM users_statistics").next());
  CHECK_THROWS(connection.session("orders").query("SELECT id FROM orders_order"));
}

const Migration stall_takes_items{
    "stall", 1, "item",
    "-- Sold on the market now.\n"
    "-- takes over: shop_item as stall_item\n"
    "CREATE TABLE IF NOT EXISTS stall_item(id INTEGER PRIMARY KEY) STRICT;"
    "CREATE INDEX stall_item_by_id ON stall_item(id);"};

TEST_CASE_FIXTURE(DatabaseFixture, "tables get another owner with all their rows") {
  migrate(connection, {first}, {first}, now);
  connection.session("shop").execute("INSERT INTO shop_item VALUES(7)");
  CHECK(migrate(connection, {stall_takes_items}, {first, stall_takes_items}, now) == 1);
  CHECK(connection.session("stall").query("SELECT id FROM stall_item WHERE id = 7").next());
  CHECK_THROWS(connection.session("stall").query("SELECT id FROM shop_item"));
  CHECK_THROWS(connection.session("shop").query("SELECT id FROM shop_item"));
}

TEST_CASE_FIXTURE(DatabaseFixture,
                  "where there is nothing to take over the new owner creates the tables") {
  CHECK(migrate(connection, {stall_takes_items}, {first, stall_takes_items}, now) == 1);
  CHECK(connection.session("stall").execute("INSERT INTO stall_item VALUES(1)") == 1);
  // The old owner may come later, and keeps to itself.
  CHECK(migrate(connection, {first, stall_takes_items}, {first, stall_takes_items}, now) == 1);
}

TEST_CASE_FIXTURE(DatabaseFixture, "both owners on a new database end as on an old one") {
  CHECK(migrate(connection, {first, stall_takes_items}, {first, stall_takes_items}, now) == 2);
  CHECK_THROWS(connection.session("shop").query("SELECT id FROM shop_item"));
  CHECK(connection.session("stall").execute("INSERT INTO stall_item VALUES(1)") == 1);
}

TEST_CASE_FIXTURE(DatabaseFixture, "the old owner's missing steps come before its tables go") {
  migrate(connection, {first}, {first}, now);
  const std::vector<Migration> known{first, second, stall_takes_items};
  CHECK(migrate(connection, {stall_takes_items}, known, now) == 2);
  CHECK(connection.session("stall").execute("INSERT INTO stall_item VALUES(1, 2)") == 1);
  // So that they are not missed where it is hosted again.
  CHECK(migrate(connection, known, known, now) == 0);
}

TEST_CASE_FIXTURE(DatabaseFixture, "a step reads those tables of others that it names, no more") {
  migrate(connection, {first}, {first}, now);
  connection.session("shop").execute("INSERT INTO shop_item VALUES(7)");
  Migration copies{"stall", 1, "item",
                   "CREATE TABLE stall_item(id INTEGER PRIMARY KEY) STRICT;"
                   "INSERT INTO stall_item SELECT id FROM shop_item;"};
  CHECK_THROWS_AS(migrate(connection, {copies}, {first, copies}, now), MigrationError);
  Migration empties = copies;
  empties.sql = "-- reads: shop_item\n" + copies.sql + "DELETE FROM shop_item;";
  CHECK_THROWS_AS(migrate(connection, {empties}, {first, empties}, now), MigrationError);
  copies.sql = "-- reads: shop_item\n" + copies.sql;
  CHECK(migrate(connection, {copies}, {first, copies}, now) == 1);
  CHECK(connection.session("stall").query("SELECT id FROM stall_item WHERE id = 7").next());
}

TEST_CASE_FIXTURE(DatabaseFixture, "a table is taken over into the tables of the step's owner") {
  const Migration greedy{"stall", 1, "item", "-- takes over: shop_item as shop_thing\n"};
  migrate(connection, {first}, {first}, now);
  CHECK_THROWS_WITH_AS(migrate(connection, {greedy}, {first, greedy}, now),
                       doctest::Contains("stall/0001_item cannot give shop the table shop_thing"),
                       MigrationError);
  CHECK(connection.session("shop").execute("INSERT INTO shop_item VALUES(1)") == 1);
}

}  // namespace
}  // namespace orderflow::storage
