// What the doctor makes of a whole database: what it counts, skips, sets aside and refuses.
#include "doctor/doctor.hpp"

#include "app/modules.hpp"
#include "core/digest.hpp"
#include "doctor/doctor_fixture.hpp"
#include "storage/connection.hpp"
#include "storage/inspected_database.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace orderflow::doctor {
namespace {

namespace fs = std::filesystem;

std::string digest_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return core::sha256_hex(std::string(std::istreambuf_iterator<char>(stream), {}));
}

TEST_CASE_FIXTURE(DoctorFixture, "a sound database passes every check, and each has something") {
  CHECK(failing() == Names{});
  INFO(to_text(report));
  CHECK(report.integrity.checks().size() == 30);
  for (const auto& one : report.integrity.checks()) {
    CAPTURE(one.name());
    CHECK(one.result() == storage::IntegrityCheck::Result::ok);
    const bool is_there = one.subject().find_first_of("123456789") != std::string::npos;
    CHECK(is_there ==
          (one.name() != "events: cursors not hosted" && one.name() != "webhooks: missed"));
  }
  CHECK(to_json(report).at("ok") == true);
  CHECK(to_json(report).at("node") == "test");
}

TEST_CASE_FIXTURE(DoctorFixture, "what is read piece by piece is all that belongs to an order") {
  const DoctorOptions options{.snapshots = DoctorOptions::Snapshots::many, .rows_a_snapshot = 1};
  const DoctorReport pieces = check_database(file, app::make_modules(), options);
  Names skipped;
  for (const auto& check : pieces.integrity.checks()) {
    if (check.result() == storage::IntegrityCheck::Result::skipped) skipped.insert(check.name());
  }
  CHECK(skipped == Names{"billing: idempotency keys", "billing: refunds and payments",
                         "events: causes", "events: log", "webhooks: missed", "webhooks: order",
                         "webhooks: rows", "orders: idempotency keys", "storage: foreign keys",
                         "storage: integrity", "users: statistics"});
  CHECK(to_text(pieces).find("beside the node, in ") != std::string::npos);
  CHECK(to_json(pieces).at("snapshots") == pieces.snapshots);
}

TEST_CASE_FIXTURE(DoctorFixture, "a finding names what is wrong, and a crowd of them is counted") {
  failing_after("UPDATE users_statistics SET placed = placed + 1 WHERE user_id = 'ada'");
  CHECK(check("users: statistics").findings().at(0).find("user ada has 6 placed") == 0);
  CHECK(check("users: statistics").findings().at(0).find("the log gives 5 placed") !=
        std::string::npos);
  CHECK(to_text(report).find("1 of 30 checks FAILED") != std::string::npos);

  failing_after("UPDATE event_log SET payload = '{'");
  CHECK(check("events: payloads").found() > 20);
  CHECK(check("events: payloads").findings().size() == 10);
  CHECK(to_text(report).find(" more\n") != std::string::npos);
  CHECK(to_json(report).at("ok") == false);
}

TEST_CASE_FIXTURE(DoctorFixture,
                  "a log whose beginning was removed is checked as far as it reaches") {
  // The first order's events go, those of later ones stay whole.
  CHECK(failing_after("DELETE FROM event_log WHERE seq <= (SELECT min(seq) FROM event_log"
                      " WHERE kind = 'order.created' AND seq > 1) - 1;"
                      "DELETE FROM event_delivery WHERE seq NOT IN (SELECT seq FROM event_log)") ==
        Names{});
  CHECK(check("users: statistics").result() == storage::IntegrityCheck::Result::skipped);
  CHECK(check("users: statistics").skipped_because().find("were removed") != std::string::npos);
  CHECK(check("orders: status").subject().find("4 orders, 1 set aside") == 0);

  CHECK(failing_after("UPDATE orders_order SET status = 'PROCESSED'"
                      " WHERE status = 'PAYMENT_DECLINED'") ==
        Names{"orders: status", "whole: orders and payments"});
}

TEST_CASE_FIXTURE(DoctorFixture,
                  "an order of which retention has left single events is set aside") {
  // As after every order's first event has died somewhere: those stay, what followed goes.
  CHECK(failing_after("UPDATE event_retention SET removed_to = (SELECT max(seq) FROM event_log);"
                      "DELETE FROM event_log WHERE kind <> 'order.created'"
                      " AND seq NOT IN (SELECT seq FROM event_delivery)") == Names{});
  CHECK(check("orders: status").subject().find("5 set aside") != std::string::npos);
  CHECK(check("billing: refunds").subject().find("5 set aside") != std::string::npos);

  CHECK(failing_after("UPDATE orders_order SET total_amount = total_amount + 1"
                      " WHERE status = 'PAYMENT_DECLINED'") ==
        Names{"orders: orders and the log", "whole: orders and payments"});
}

TEST_CASE_FIXTURE(DoctorFixture, "a node without a module's tables is checked for the others") {
  // A node that hosts orders and users alone.
  CHECK(
      failing_after("DELETE FROM storage_migration WHERE owner IN ('billing', 'notifications')") ==
      Names{});
  CHECK(check("whole: pending orders").result() == storage::IntegrityCheck::Result::skipped);
  CHECK_THROWS(check("billing: amounts"));
}

TEST_CASE_FIXTURE(DoctorFixture, "tables of a module that another node hosts now are left out") {
  CHECK(failing_after("DELETE FROM storage_hosted WHERE module = 'billing';"
                      "UPDATE billing_payment SET amount = amount + 1"
                      " WHERE state = 'captured'") == Names{});
  CHECK(check("billing").result() == storage::IntegrityCheck::Result::skipped);
  CHECK(check("whole: orders and payments").result() == storage::IntegrityCheck::Result::skipped);
}

TEST_CASE_FIXTURE(DoctorFixture,
                  "a subscription that keeps no order keeps none where its module has left") {
  CHECK(
      failing_after("DELETE FROM storage_hosted WHERE module = 'notifications';"
                    "INSERT INTO event_delivery(subscription, seq, key, state, attempts, since,"
                    " next_attempt_at) SELECT 'notifications.report', seq, key, 'retrying', 0, 1, 1"
                    " FROM event_log WHERE key = (SELECT key FROM event_log WHERE seq = 1)"
                    " AND seq NOT IN (SELECT seq FROM event_delivery"
                    "  WHERE subscription = 'notifications.report');"
                    "UPDATE event_subscription SET retrying = (SELECT count(*) FROM event_delivery"
                    " WHERE subscription = name AND state = 'retrying')"
                    " WHERE name = 'notifications.report'") == Names{});
  CHECK(check("events: parked keys").result() == storage::IntegrityCheck::Result::ok);
}

TEST_CASE_FIXTURE(DoctorFixture, "cursors that no node hosts are listed, and are no finding") {
  CHECK(failing_after("UPDATE event_subscription SET hosted = 0 WHERE name = 'users.statistics'") ==
        Names{});
  CHECK(check("events: cursors not hosted")
            .subject()
            .starts_with("1 cursors: users.statistics holds what came after "));
  CHECK(failing_after("DELETE FROM storage_migration WHERE owner = 'event' AND number > 5") ==
        Names{});
  CHECK(check("events: cursors not hosted").result() == storage::IntegrityCheck::Result::skipped);
}

TEST_CASE_FIXTURE(DoctorFixture,
                  "what was published here stays ours when the node gets another name") {
  CHECK(failing_after("UPDATE storage_node SET name = 'another'") == Names{});
  CHECK(failing_after("DELETE FROM orders_order WHERE status = 'PAYMENT_DECLINED'")
            .contains("orders: orders and the log"));
}

TEST_CASE_FIXTURE(DoctorFixture, "what an operator discarded is set aside") {
  CHECK(failing_after("UPDATE users_statistics SET placed = placed - 1 WHERE user_id = 'ada';"
                      "INSERT INTO event_audit(at, actor, action, subscription, seq, key,"
                      " correlation_id) SELECT 1, 'operator', 'discard', 'users.statistics', seq,"
                      " key, 'x' FROM event_log WHERE seq = 1") == Names{});
  CHECK(check("users: statistics").subject().find("1 set aside") != std::string::npos);
}

TEST_CASE_FIXTURE(DoctorFixture, "tables that an older program made are left out") {
  CHECK(failing_after("DELETE FROM storage_migration WHERE owner = 'users' AND number = 3") ==
        Names{});
  CHECK(check("users").result() == storage::IntegrityCheck::Result::skipped);
  CHECK(check("whole: orders and payments").result() == storage::IntegrityCheck::Result::ok);
}

TEST_CASE_FIXTURE(DoctorFixture, "what cannot be checked is refused with its reason") {
  CHECK_THROWS_WITH_AS(check_database(folder.path() / "no.db", app::make_modules()),
                       doctest::Contains("there is no database"), storage::NotInspectable);
  std::ofstream(folder.path() / "text") << std::string(10'000, 'x');
  CHECK_THROWS_WITH_AS(check_database(folder.path() / "text", app::make_modules()),
                       doctest::Contains("is not a database"), storage::NotInspectable);
  storage::Connection(folder.path() / "other.db", storage::Connection::Mode::read_write)
      .run("CREATE TABLE something(x)");
  CHECK_THROWS_WITH_AS(check_database(folder.path() / "other.db", app::make_modules()),
                       doctest::Contains("not a database of orderflow"), storage::NotInspectable);
  storage::Connection(file, storage::Connection::Mode::read_write)
      .run("INSERT INTO storage_migration VALUES('orders', 99, 'later', 'x', 1)");
  CHECK_THROWS_WITH_AS(
      check_database(file, app::make_modules()),
      doctest::Contains("newer than this program: it has migration orders/0099_later"),
      storage::NotInspectable);
}

TEST_CASE_FIXTURE(DoctorFixture, "a file is left as it was, with nothing beside it") {
  const std::string before = digest_of(file);
  CHECK(failing() == Names{});
  CHECK(digest_of(file) == before);
  CHECK(std::distance(fs::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE_FIXTURE(DoctorFixture,
                  "what stands in the WAL of a node that died is seen, not touched") {
  const fs::path died = folder.path() / "died";
  fs::create_directory(died);
  {
    storage::Connection connection(file, storage::Connection::Mode::read_write);
    connection.run("UPDATE users_statistics SET placed = 77");
    for (const char* suffix : {"", "-wal"})
      fs::copy_file(file.string() + suffix, (died / "orderflow.db").string() + suffix);
  }
  file = died;
  const std::string database = digest_of(died / "orderflow.db");
  const std::string wal = digest_of(died / "orderflow.db-wal");
  CHECK(failing() == Names{"users: statistics"});
  CHECK(digest_of(died / "orderflow.db") == database);
  CHECK(digest_of(died / "orderflow.db-wal") == wal);
}

}  // namespace
}  // namespace orderflow::doctor
