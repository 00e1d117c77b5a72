// A database of the time when webhooks were a part of notifications and had a row for each event
// and endpoint: sound before and after it is taken over, with deliveries in every state.
#include "app/modules.hpp"
#include "doctor/doctor.hpp"
#include "storage/migration.hpp"
#include "storage/ownership.hpp"
#include "support/module_harness.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace orderflow::app {
namespace {

namespace fs = std::filesystem;
using storage::Connection;

constexpr int endpoints = 300;

std::string script_of(const std::string& owner, int number) {
  for (const auto& step : storage::embedded_migrations()) {
    if (step.owner == owner && step.number == number) return step.sql;
  }
  FAIL("no such migration");
  return {};
}

/// A node's database as the version before has left it: an endpoint that has not received all,
/// and hundreds that are disabled, each with deliveries of all events in one of the states.
void make_old_database(const fs::path& file) {
  test::ModuleHarness harness(make_modules(), R"({"notifications": {"channel": "none"}})");
  for (int order = 0; order < 20; ++order) {
    REQUIRE(harness
                .call(http::Method::post, "/v1/orders",
                      R"({"userId": "ada", "paymentMethod": "sim-approve",)"
                      R"( "items": [{"productId": "p", "quantity": 1, "price": 100}]})")
                .status == 201);
    harness.run_until_idle();
  }
  for (const char* suffix : {"", "-wal"})
    fs::copy_file(harness.node().database().string() + suffix, file.string() + suffix);

  Connection connection(file, Connection::Mode::read_write);
  connection.run(
      "DROP TABLE webhooks_endpoint; DROP TABLE webhooks_delivery; DROP TABLE webhooks_message;"
      "DROP TABLE webhooks_attempt;"
      "DELETE FROM storage_migration WHERE owner = 'webhooks' OR (owner = 'event' AND number > 6);"
      "DELETE FROM storage_hosted WHERE module = 'webhooks';"
      "DELETE FROM storage_known_module WHERE module = 'webhooks';"
      "UPDATE event_subscription SET name = 'notifications.webhooks',"
      " cursor = (SELECT max(seq) FROM event_log) WHERE name = 'webhooks.send'");
  connection.run_migration("notifications", script_of("notifications", 3));
  connection.run_migration("notifications", script_of("notifications", 5));
  connection.run(("CREATE TEMP TABLE number AS WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL"
                  " SELECT n + 1 FROM up WHERE n < " +
                  std::to_string(endpoints) +
                  ") SELECT n FROM up;"
                  "CREATE TEMP TABLE published AS SELECT seq, id, kind, key,"
                  " row_number() OVER (PARTITION BY key ORDER BY seq) AS place FROM event_log"
                  " WHERE kind <> 'payment.requested'")
                     .c_str());
  // States go round by the endpoint's number; number 1 is enabled and has received all.
  connection.run(R"(
    INSERT INTO notifications_webhook_endpoint(id, url, description, kinds, state, secret,
      wanted_after, known_after, canceled_to, removed_to, failures, created_at, updated_at)
    SELECT CAST(printf('%016d', n) AS BLOB), 'https://e' || n || '.example/', '', '[]',
      CASE n WHEN 1 THEN 'enabled' ELSE 'disabled' END,
      'whsec_0123456789012345678901234567890123', 0, 0, 0, 0, 0, 1, 1 FROM number;
    INSERT INTO notifications_webhook_message
    SELECT seq, id, kind, 'c', '', '{}', (SELECT count(*) FROM number) FROM published;
    INSERT INTO notifications_webhook_delivery
    SELECT CAST(printf('%016d', n) AS BLOB), seq, key,
      CASE n % 4 WHEN 0 THEN 'failed' WHEN 1 THEN 'delivered' WHEN 2 THEN 'canceled'
        ELSE CASE place WHEN 1 THEN 'due' ELSE 'parked' END END,
      CASE WHEN n % 4 < 2 THEN 1 ELSE 0 END, 0, 1, 1, CASE WHEN n % 4 < 3 THEN 1 END,
      CASE n % 4 WHEN 0 THEN 500 WHEN 1 THEN 200 END, NULL
    FROM number, published;
    INSERT INTO notifications_webhook_attempt
    SELECT endpoint_id, seq, 1, 1, 1, last_status, NULL FROM notifications_webhook_delivery
    WHERE attempts = 1;)");
}

doctor::DoctorReport examine(const fs::path& file) {
  doctor::DoctorReport report = doctor::check_database(file, make_modules());
  INFO(to_text(report));
  CHECK(report.integrity.sound());
  return report;
}

std::vector<std::string> states(Connection& connection, const std::string& table) {
  std::vector<std::string> found;
  auto rows = connection.session(storage::Ownership::storage_layer)
                  .query("SELECT state || ' ' || count(*) FROM " + table +
                         " GROUP BY state ORDER BY state");
  while (rows.next())
    found.push_back(rows.get<std::string>(0));
  return found;
}

}  // namespace

TEST_CASE("the doctor is content before and after webhooks become a module, in every state") {
  const test::TemporaryFolder folder;
  const fs::path file = folder.path() / "orderflow.db";
  make_old_database(file);
  examine(file);

  std::vector<std::string> before;
  {
    Connection connection(file, Connection::Mode::read_write);
    before = states(connection, "notifications_webhook_delivery");
    CHECK(before.size() == 5);
    const auto known = storage::embedded_migrations();
    const std::vector<std::string_view> owners{"storage", "event", "notifications", "webhooks"};
    storage::migrate(connection, storage::migrations_of(owners, known), known,
                     core::from_micros(1));
    CHECK(states(connection, "webhooks_delivery") == before);
    connection.run("INSERT INTO storage_hosted(module) VALUES ('webhooks')");
  }
  const doctor::DoctorReport after = examine(file);
  for (const auto& check : after.integrity.checks()) {
    if (check.name() != "webhooks: events told") continue;
    CHECK(check.result() == storage::IntegrityCheck::Result::ok);
    CHECK(check.subject().find_first_of("123456789") != std::string::npos);
  }
}

}  // namespace orderflow::app
