// A database of the release before cancellations keeps what it holds.
#include "storage/migration.hpp"
#include "storage/connection.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace orderflow::test {
namespace {

using storage::Migration;

const std::vector<std::string_view> owners{"storage", "orders", "billing", "users"};

std::vector<Migration> of_the_release_before() {
  auto all = storage::embedded_migrations();
  std::erase_if(all,
                [](const Migration& one) { return one.number > (one.owner == "billing" ? 2 : 1); });
  return all;
}

void migrate(storage::Connection& connection, const std::vector<Migration>& known) {
  storage::migrate(connection, storage::migrations_of(owners, known), known, core::from_micros(1));
}

std::vector<std::string> rows(storage::Connection& connection, std::string_view owner,
                              std::string_view sql) {
  std::vector<std::string> found;
  auto rows = connection.session(owner).query(sql);
  while (rows.next())
    found.push_back(rows.get<std::string>(0));
  return found;
}

}  // namespace

TEST_CASE("a database of before keeps its payments and statistics") {
  const TemporaryFolder folder;
  storage::Connection connection(folder.path() / "node.db", storage::Connection::Mode::read_write);
  migrate(connection, of_the_release_before());
  connection.run(R"(
    INSERT INTO billing_payment(id, order_id, user_id, currency, amount, payment_method, state,
      gateway_key, created_at, updated_at)
    VALUES (randomblob(16), randomblob(16), 'ann', 'EUR', 5, '', 'captured', 'k-1', 1, 1),
           (randomblob(16), randomblob(16), 'ann', 'EUR', 6, '', 'declined', 'k-2', 1, 1),
           (randomblob(16), randomblob(16), 'ann', 'EUR', 7, '', 'requested', 'k-3', 1, 1);
    INSERT INTO users_statistics(user_id, placed) VALUES ('ann', 3);
    INSERT INTO users_spent(user_id, currency, amount) VALUES ('ann', 'EUR', 5);)");
  migrate(connection, storage::embedded_migrations());

  // What was requested may be at the gateway already.
  CHECK(rows(connection, "billing",
             "SELECT gateway_key || ' ' || state || ' ' || amount FROM billing_payment"
             " ORDER BY gateway_key") ==
        std::vector<std::string>{"k-1 captured 5", "k-2 declined 6", "k-3 sending 7"});
  CHECK(rows(connection, "users",
             "SELECT generation || ' ' || placed || ' ' || refunded FROM users_statistics") ==
        std::vector<std::string>{"0 3 0"});
  CHECK(rows(connection, "users", "SELECT generation || ' ' || amount FROM users_spent") ==
        std::vector<std::string>{"0 5"});
  CHECK(rows(connection, "users", "SELECT current FROM users_generation") ==
        std::vector<std::string>{"0"});
}

}  // namespace orderflow::test
