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

}  // namespace
}  // namespace orderflow::storage
