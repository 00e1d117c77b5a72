// The database file and the log of events with one thing wrong each, and the check that finds it.
#include "doctor/doctor_fixture.hpp"

#include <doctest/doctest.h>

namespace orderflow::doctor {
namespace {

TEST_CASE_FIXTURE(DoctorFixture, "storage: what is wrong is found") {
  SUBCASE("an index that lacks rows") {
    CHECK(failing_after("PRAGMA writable_schema=ON; UPDATE sqlite_schema SET"
                        " sql = replace(sql, 'PROCESSED', 'UNHEARD OF')"
                        " WHERE name = 'orders_order_unusual'") == Names{"storage: integrity"});
  }
  SUBCASE("a migration with another text") {
    CHECK(failing_after("UPDATE storage_migration SET checksum = 'x' WHERE owner = 'users'"
                        " AND number = 1") == Names{"storage: migrations"});
  }
  SUBCASE("a migration that is missing among them") {
    CHECK(failing_after("DELETE FROM storage_migration WHERE owner = 'billing' AND number = 1") ==
          Names{"storage: migrations"});
  }
}

TEST_CASE_FIXTURE(DoctorFixture, "events: what is wrong in the log is found") {
  SUBCASE("an event that is gone") {
    CHECK(failing_after("DELETE FROM event_log WHERE seq ="
                        " (SELECT min(seq) FROM event_log WHERE kind = 'notification.sent')") ==
          Names{"events: log"});
  }
  SUBCASE("a cause that is not there") {
    CHECK(failing_after("UPDATE event_log SET causation_id = randomblob(16)"
                        " WHERE seq = (SELECT max(seq) FROM event_log"
                        " WHERE kind = 'notification.sent')") == Names{"events: causes"});
  }
  SUBCASE("a correlation id that changes on the way") {
    CHECK(failing_after("UPDATE event_log SET correlation_id = 'another'"
                        " WHERE seq = (SELECT max(seq) FROM event_log"
                        " WHERE kind = 'notification.sent')") == Names{"events: causes"});
  }
  SUBCASE("an effect before its cause") {
    CHECK(failing_after("UPDATE event_log SET causation_id = id"
                        " WHERE seq = (SELECT max(seq) FROM event_log"
                        " WHERE kind = 'notification.sent')") == Names{"events: causes"});
  }
  SUBCASE("a payload that cannot be read") {
    CHECK(failing_after("UPDATE event_log SET payload = '{}' WHERE seq ="
                        " (SELECT max(seq) FROM event_log WHERE kind = 'notification.sent')") ==
          Names{"events: payloads"});
  }
  SUBCASE("a kind that nobody knows") {
    CHECK(failing_after("UPDATE event_log SET kind = 'order.eaten' WHERE seq ="
                        " (SELECT max(seq) FROM event_log WHERE kind = 'notification.sent')") ==
          Names{"events: payloads"});
  }
}

TEST_CASE_FIXTURE(DoctorFixture, "events: what is wrong with a subscription is found") {
  SUBCASE("a cursor beyond the log") {
    CHECK(failing_after("UPDATE event_subscription SET cursor = 1000000"
                        " WHERE name = 'users.statistics'") == Names{"events: subscriptions"});
  }
  SUBCASE("a count that is not the number of rows") {
    CHECK(failing_after("UPDATE event_subscription SET dead = dead + 1"
                        " WHERE name = 'users.statistics'") == Names{"events: subscriptions"});
  }
}

TEST_CASE_FIXTURE(DoctorFixture, "events: what is wrong with a delivery is found") {
  SUBCASE("a delivery under another key") {
    CHECK(failing_after("UPDATE event_delivery SET key = 'another'"
                        " WHERE subscription = 'billing.capture'") == Names{"events: deliveries"});
  }
  SUBCASE("a delivery that is retried at no time") {
    CHECK(failing_after("UPDATE event_delivery SET next_attempt_at = NULL"
                        " WHERE subscription = 'billing.capture'") == Names{"events: deliveries"});
  }
  SUBCASE("a cursor before a row that it must have passed") {
    const auto failed = failing_after(
        "UPDATE event_subscription SET cursor = (SELECT min(seq) - 1 FROM event_delivery"
        " WHERE subscription = 'orders.settle') WHERE name = 'orders.settle'");
    CHECK(failed == Names{"events: deliveries"});
  }
  SUBCASE("an attempt that is counted but not kept") {
    CHECK(failing_after("DELETE FROM event_attempt WHERE subscription = 'billing.capture'") ==
          Names{"events: attempts"});
  }
  SUBCASE("a parked event behind nothing") {
    CHECK(failing_after("DELETE FROM event_delivery WHERE state = 'dead';"
                        "UPDATE event_subscription SET dead = 0 WHERE name = 'orders.settle'") ==
          Names{"events: parked keys"});
  }
  SUBCASE("an event that does not wait for an earlier one of its key") {
    CHECK(failing_after("UPDATE event_delivery SET state = 'retrying', next_attempt_at = 1"
                        " WHERE state = 'parked';"
                        "UPDATE event_subscription SET retrying = 1, parked = 0"
                        " WHERE name = 'orders.settle'") == Names{"events: parked keys"});
  }
}

TEST_CASE_FIXTURE(DoctorFixture, "events: an edited payload is held against what may be edited") {
  SUBCASE("an edited payload that changes what may not be edited") {
    CHECK(failing_after("UPDATE event_delivery SET payload = (SELECT json_set(payload, '$.amount',"
                        " 100) FROM event_log AS e WHERE e.seq = event_delivery.seq)"
                        " WHERE subscription = 'billing.capture'") == Names{"events: deliveries"});
    CHECK(check("events: deliveries")
              .findings()
              .at(0)
              .ends_with("the payload was edited where it may not be: /amount"));
  }
  SUBCASE("an edited payload that may be") {
    CHECK(failing_after("UPDATE event_delivery SET payload = (SELECT json_set(payload,"
                        " '$.paymentMethod', 'sim-approve') FROM event_log AS e"
                        " WHERE e.seq = event_delivery.seq)"
                        " WHERE subscription = 'billing.capture'")
              .empty());
  }
}

}  // namespace
}  // namespace orderflow::doctor
