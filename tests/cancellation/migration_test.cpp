// Databases of earlier releases keep what they hold.
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

std::vector<Migration> of_the_release_before_cancellations() {
  auto all = storage::embedded_migrations();
  std::erase_if(all,
                [](const Migration& one) { return one.number > (one.owner == "billing" ? 2 : 1); });
  return all;
}

std::vector<Migration> of_the_release_before_partial_refunds() {
  auto all = storage::embedded_migrations();
  std::erase_if(all, [](const Migration& one) { return one.owner == "billing" && one.number > 3; });
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

TEST_CASE("a database from before cancellations keeps its payments and statistics") {
  const TemporaryFolder folder;
  storage::Connection connection(folder.path() / "node.db", storage::Connection::Mode::read_write);
  migrate(connection, of_the_release_before_cancellations());
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

TEST_CASE("a database from before partial refunds keeps its refunds, as rows of their own") {
  const TemporaryFolder folder;
  storage::Connection connection(folder.path() / "node.db", storage::Connection::Mode::read_write);
  migrate(connection, of_the_release_before_partial_refunds());
  connection.run(R"(
    INSERT INTO billing_payment(id, order_id, user_id, currency, amount, payment_method, state,
      gateway_key, gateway_reference, attempts, last_error, cancel_requested, cancel_reason,
      refund_key, refund_reference, refund_attempts, refunded_amount, created_at, updated_at)
    VALUES
      (x'01900000000070008000000000000001', x'01900000000070008000000000000011', 'ann', 'EUR', 5,
       '', 'captured', 'k-1', 'c-1', 2, 'slow', 0, '', '', '', 0, 0, 10, 20),
      (x'01900000000070008000000000000002', x'01900000000070008000000000000012', 'ann', 'EUR', 6,
       '', 'refunding', 'k-2', 'c-2', 1, 'no answer', 1, 'twice', 'o-2:refund:1', '', 3, 0, 11, 21),
      (x'01900000000070008000000000000003', x'01900000000070008000000000000013', 'ann', 'EUR', 7,
       '', 'refunded', 'k-3', 'c-3', 1, '', 1, '', 'o-3:refund:1', 'r-3', 1, 7, 12, 22),
      (x'01900000000070008000000000000004', x'01900000000070008000000000000014', 'ann', 'EUR', 0,
       '', 'refunded', 'k-4', '', 0, '', 1, '', 'o-4:refund:1', '', 0, 0, 13, 23),
      (x'01900000000070008000000000000005', x'01900000000070008000000000000015', 'ann', 'EUR', 9,
       '', 'sending', 'k-5', '', 0, '', 0, '', '', '', 0, 0, 14, 24);)");
  migrate(connection, storage::embedded_migrations());

  CHECK(rows(connection, "billing",
             "SELECT gateway_key || ' ' || state || ' ' || refunded_amount || '+' ||"
             " refunding_amount || ' of ' || amount || ' ' || last_error || ' ' ||"
             " coalesce(sent_at, '-') FROM billing_payment ORDER BY id") ==
        std::vector<std::string>{"k-1 captured 0+0 of 5 slow -", "k-2 captured 0+6 of 6  -",
                                 "k-3 refunded 7+0 of 7  -", "k-4 refunded 0+0 of 0  -",
                                 "k-5 sending 0+0 of 9  14"});
  CHECK(rows(connection, "billing",
             "SELECT gateway_key || ' ' || state || ' ' || amount || ' ' || currency || ' ' ||"
             " gateway_reference || ' ' || attempts || ' ' || last_error || ' ' || reason"
             " FROM billing_refund ORDER BY id") ==
        std::vector<std::string>{"o-2:refund:1 requested 6 EUR  3 no answer twice",
                                 "o-3:refund:1 made 7 EUR r-3 1  "});
  // Identifiers of version 7, and none of a payment.
  CHECK(rows(connection, "billing",
             "SELECT hex(id) FROM billing_refund WHERE hex(id) NOT GLOB"
             " '019000000000700080*' OR id IN (SELECT id FROM billing_payment)")
            .empty());
}

}  // namespace orderflow::test
