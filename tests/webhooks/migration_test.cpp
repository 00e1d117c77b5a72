// A database of the time when webhooks were a part of notifications.
#include "storage/migration.hpp"
#include "shop.hpp"
#include "storage/connection.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace orderflow::webhooks {
namespace {

using storage::Connection;
using storage::Migration;
using Owners = std::vector<std::string_view>;

const Owners before{"storage", "event", "notifications"};
const Owners both{"storage", "event", "notifications", "webhooks"};

/// What versions before 0.2 had at most.
std::vector<Migration> known_before() {
  auto known = storage::embedded_migrations();
  std::erase_if(known, [](const Migration& one) {
    return one.owner == "webhooks" || (one.owner == "event" && one.number > 6);
  });
  return known;
}

int migrate(Connection& connection, const Owners& owners,
            const std::vector<Migration>& known = storage::embedded_migrations()) {
  return storage::migrate(connection, storage::migrations_of(owners, known), known,
                          core::from_micros(1));
}

Rows rows_of(Connection& connection, std::string_view owner, std::string_view sql) {
  Rows found;
  auto rows = connection.session(owner).query(sql);
  while (rows.next())
    found.push_back(rows.get<std::string>(0));
  return found;
}

struct OldDatabase {
  OldDatabase() {
    migrate(connection, before, known_before());
    connection.run(R"(
      INSERT INTO notifications_webhook_endpoint(id, url, description, kinds, state, secret,
        wanted_after, known_after, canceled_to, removed_to, failures, created_at, updated_at)
      VALUES (x'01900000000070008000000000000001', 'https://here.example/', '', '[]', 'enabled',
        'whsec_0123456789012345678901234567890123', 1, 1, 0, 0, 0, 1, 1);
      INSERT INTO notifications_webhook_message
      SELECT value, x'019000000000700080000000000000aa', 'order.created', 'c', '', '{}', 1
      FROM json_each('[2,3,4,5,6]');
      INSERT INTO notifications_webhook_delivery
      VALUES (x'01900000000070008000000000000001', 2, 'a', 'delivered', 1, 0, 1, 1, 1, 200, NULL),
             (x'01900000000070008000000000000001', 3, 'b', 'due', 1, 0, 9, 1, NULL, 500, 'answered 500'),
             (x'01900000000070008000000000000001', 4, 'b', 'parked', 0, 0, 9, 1, NULL, NULL, NULL),
             (x'01900000000070008000000000000001', 5, 'c', 'failed', 10, 0, 9, 1, 9, 500, 'answered 500'),
             (x'01900000000070008000000000000001', 6, 'd', 'canceled', 0, 0, 9, 1, 9, NULL, NULL);
      INSERT INTO notifications_webhook_attempt
      VALUES (x'01900000000070008000000000000001', 2, 1, 1, 1, 200, NULL);
      INSERT INTO event_subscription(name, cursor, paused, handled) VALUES ('notifications.webhooks', 6, 1, 5);
      INSERT INTO event_audit(at, actor, action, subscription, correlation_id)
      VALUES (1, 'ada', 'pause', 'notifications.webhooks', 'c');)");
  }

  test::TemporaryFolder folder;
  Connection connection{folder.path() / "node.db", Connection::Mode::read_write};
};

const Rows as_they_stood{"2 delivered 1", "3 due 1", "4 parked 0", "5 failed 10", "6 canceled 0"};

Rows deliveries(Connection& connection) {
  return rows_of(connection, "webhooks",
                 "SELECT seq || ' ' || state || ' ' || attempts FROM webhooks_delivery"
                 " ORDER BY seq");
}

}  // namespace

TEST_CASE_FIXTURE(OldDatabase, "endpoints and deliveries in every state are kept as they were") {
  migrate(connection, both);
  CHECK(rows_of(connection, "webhooks", "SELECT url FROM webhooks_endpoint") ==
        Rows{"https://here.example/"});
  CHECK(deliveries(connection) == as_they_stood);
  CHECK(rows_of(connection, "webhooks", "SELECT seq FROM webhooks_attempt") == Rows{"2"});
  CHECK(rows_of(connection, "webhooks", "SELECT seq FROM webhooks_message ORDER BY seq") ==
        Rows{"3", "4", "5", "6"});
  CHECK(rows_of(connection, "webhooks", "SELECT cursor || earlier FROM webhooks_endpoint") ==
        Rows{"6[]"});
  CHECK_THROWS(
      connection.session("notifications").query("SELECT 1 FROM notifications_webhook_endpoint"));
}

TEST_CASE_FIXTURE(OldDatabase, "the subscription has its new name, and everything else as before") {
  migrate(connection, both);
  CHECK(rows_of(connection, "event",
                "SELECT name || ' ' || cursor || ' ' || paused || ' ' || handled"
                " FROM event_subscription") == Rows{"webhooks.send 6 1 5"});
  CHECK(rows_of(connection, "event", "SELECT subscription FROM event_audit") ==
        Rows{"webhooks.send"});
}

TEST_CASE_FIXTURE(OldDatabase,
                  "what had failed in the subscription itself is delivered from there on") {
  connection.run(R"(
    INSERT INTO event_delivery(subscription, seq, key, state, since)
    VALUES ('notifications.webhooks', 5, 'c', 'dead', 1), ('notifications.webhooks', 6, 'c', 'parked', 1);
    UPDATE event_subscription SET parked = 1, dead = 1;)");
  migrate(connection, both);
  CHECK(rows_of(connection, "event",
                "SELECT name || ' ' || cursor || ' ' || parked || ' ' || dead"
                " FROM event_subscription") == Rows{"webhooks.send 4 0 0"});
  CHECK(rows_of(connection, "webhooks", "SELECT cursor FROM webhooks_endpoint") == Rows{"4"});
}

TEST_CASE_FIXTURE(OldDatabase,
                  "the tables are taken over where notifications is not hosted any more") {
  migrate(connection, {"storage", "event", "webhooks"});
  CHECK(deliveries(connection) == as_they_stood);
  CHECK(migrate(connection, both) == 0);
}

TEST_CASE("new databases have the tables, whichever modules are hosted, in whatever order") {
  const test::TemporaryFolder folder;
  int number = 0;
  for (const auto& [first, second] :
       std::vector<std::pair<Owners, Owners>>{{both, both},
                                              {{"storage", "event", "webhooks"}, both},
                                              {{"storage", "event", "notifications"}, both}}) {
    Connection connection(folder.path() / ("node" + std::to_string(++number) + ".db"),
                          Connection::Mode::read_write);
    migrate(connection, first);
    migrate(connection, second);
    CHECK(rows_of(connection, "webhooks", "SELECT url FROM webhooks_endpoint").empty());
    CHECK(rows_of(connection, "notifications", "SELECT user_id FROM notifications_preference")
              .empty());
  }
}

}  // namespace orderflow::webhooks
