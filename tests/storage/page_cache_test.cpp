#include "database_fixture.hpp"
#include "storage/transaction.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <string>

namespace orderflow::storage {
namespace {

struct Cached : DatabaseFixture {
  Cached() {
    connection.run_migration("shop",
                             "CREATE TABLE shop_item(id INTEGER PRIMARY KEY, text TEXT) STRICT;"
                             "CREATE INDEX shop_item_by_text ON shop_item(text)");
  }

  void fill(int from, int to) {
    Transaction transaction(connection);
    for (int i = from; i < to; ++i) {
      shop.execute("INSERT INTO shop_item VALUES(?1, ?2)", i,
                   std::to_string(i * 7919 % 10'007) + std::string(300, 'x'));
    }
    transaction.commit();
  }

  std::string integrity() {
    auto rows = connection.session("storage").query("PRAGMA integrity_check");
    rows.next();
    return rows.get<std::string>(0);
  }

  std::int64_t pages() {
    auto rows = connection.session("storage").query("PRAGMA page_count");
    rows.next();
    return rows.get<std::int64_t>(0);
  }

  Session shop = connection.session("shop");
};

}  // namespace

TEST_CASE_FIXTURE(Cached, "pages that a file has lost are forgotten, and come back empty") {
  fill(0, 3000);
  const std::int64_t full = pages();
  shop.execute("DELETE FROM shop_item WHERE id >= 100");
  connection.run("PRAGMA incremental_vacuum");
  CHECK(pages() < full / 4);
  fill(3000, 6000);
  CHECK(integrity() == "ok");
}

TEST_CASE_FIXTURE(Cached, "a transaction that made the file longer is undone in memory too") {
  fill(0, 500);
  const std::int64_t before = pages();
  {
    Transaction transaction(connection);
    for (int i = 500; i < 3000; ++i)
      shop.execute("INSERT INTO shop_item VALUES(?1, ?2)", i, std::string(500, 'y'));
  }
  CHECK(pages() == before);
  fill(500, 3000);
  CHECK(integrity() == "ok");
  auto rows = shop.query("SELECT count(*) FROM shop_item WHERE text LIKE 'y%'");
  REQUIRE(rows.next());
  CHECK(rows.get<int>(0) == 0);
}

}  // namespace orderflow::storage
