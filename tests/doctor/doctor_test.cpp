// Every check of the doctor is shown data that is sound, and the same data with one thing wrong.
#include "doctor/doctor.hpp"
#include "support/typed_values.hpp"

#include "app/modules.hpp"
#include "billing/contract/order_processed.hpp"
#include "core/digest.hpp"
#include "storage/inspected_database.hpp"
#include "support/module_harness.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>

template <>
struct doctest::StringMaker<std::set<std::string>> {
  static String convert(const std::set<std::string>& names) {
    std::string text;
    for (const std::string& name : names)
      text += "[" + name + "]";
    return text.c_str();
  }
};

namespace orderflow::doctor {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using test::ModuleHarness;
using test::TemporaryFolder;
using Names = std::set<std::string>;

constexpr const char* unknown_order = "0190aaaa-0000-7000-8000-000000000001";

std::string place(ModuleHarness& harness, const std::string& method, int quantity,
                  http::Fields headers = {}) {
  const nlohmann::json body = {
      {"userId", "ada"},
      {"email", "ada@example.com"},
      {"paymentMethod", method},
      {"items", {{{"productId", "tea"}, {"quantity", quantity}, {"price", 700}}}}};
  const auto response =
      harness.call(http::Method::post, "/v1/orders", body.dump(), std::move(headers));
  REQUIRE(response.status == 201);
  harness.run_until_idle();
  return nlohmann::json::parse(response.body).at("id");
}

void pay_back_a_part(ModuleHarness& harness, const std::string& order_id) {
  const auto payments = harness.call(http::Method::get, "/v1/payments?orderId=" + order_id);
  const nlohmann::json payment = nlohmann::json::parse(payments.body).at("payments").at(0);
  const auto response = harness.call(http::Method::post, payment.at("refunds").get<std::string>(),
                                     R"({"amount": 100})", {{"idempotency-key", "refund-1"}});
  REQUIRE(response.status == 201);
  harness.run_until_idle();
}

/// A node's data in which everything occurs that a check looks at: orders of every final status,
/// one that is tried again, a dead delivery and one that is parked behind it.
void work(ModuleHarness& harness) {
  // Nobody listens there.
  REQUIRE(harness.call(http::Method::post, "/v1/webhooks", R"({"url":"http://127.0.0.1:1/hooks"})")
              .status == 201);
  place(harness, "sim-approve", 2, {{"idempotency-key", "key-1"}});
  place(harness, "sim-approve", 5'000);
  place(harness, "sim-decline", 1);
  const std::string refunded = place(harness, "sim-approve", 3);
  pay_back_a_part(harness, refunded);
  REQUIRE(harness.call(http::Method::post, "/v1/orders/" + refunded + "/cancel").status == 202);
  harness.run_until_idle();
  const billing::OrderProcessed lost{.order_id = test::id_of(unknown_order),
                                     .buyer = {.user_id = core::UserId{"eve"}, .email = {}},
                                     .amount = test::money(100),
                                     .status = billing::OrderResult::processed,
                                     .reasons = {},
                                     .payment_id = {}};
  harness.publish("billing", unknown_order, lost);
  harness.publish("billing", unknown_order, lost);
  harness.run_until_idle();
  place(harness, "sim-timeout", 1);
  harness.advance(31s);
}

/// The sample, made once; each test spoils a copy of its own.
const fs::path& sample() {
  static const TemporaryFolder folder;
  static const fs::path file = folder.path() / "orderflow.db";
  if (fs::exists(file)) return file;
  ModuleHarness harness(app::make_modules(),
                        R"({"notifications":{"channel":"none","webhooks":{"allowPrivate":true}}})");
  work(harness);
  for (const char* suffix : {"", "-wal"}) {
    fs::copy_file(harness.node().database().string() + suffix, file.string() + suffix);
  }
  // Brings in what stands in the WAL.
  const storage::Connection connection(file, storage::Connection::Mode::read_write);
  return file;
}

struct DoctorFixture {
  DoctorFixture() { fs::copy_file(sample(), file); }

  /// The names of the checks that fail after `sql`.
  Names failing_after(const char* sql) {
    storage::Connection(file, storage::Connection::Mode::read_write).run(sql);
    return failing();
  }

  Names failing() {
    report = check_database(file, app::make_modules());
    compare_with_pieces();
    Names names;
    for (const auto& check : report.integrity.checks()) {
      if (check.result() == storage::IntegrityCheck::Result::failed) names.insert(check.name());
    }
    return names;
  }

  /// Read order by order, as beside a node that runs, each check finds the same, or is skipped.
  void compare_with_pieces() {
    const DoctorOptions options{.snapshots = DoctorOptions::Snapshots::many, .rows_a_snapshot = 1};
    const DoctorReport pieces = check_database(file, app::make_modules(), options);
    CHECK(pieces.snapshots > 5);
    REQUIRE(pieces.integrity.checks().size() == report.integrity.checks().size());
    for (const auto& piece : pieces.integrity.checks()) {
      CAPTURE(piece.name());
      if (piece.result() == storage::IntegrityCheck::Result::skipped) continue;
      const storage::IntegrityCheck& whole = check(piece.name());
      CHECK(piece.found() == whole.found());
      CHECK(piece.findings() == whole.findings());
      CHECK(piece.subject() == whole.subject());
    }
  }

  const storage::IntegrityCheck& check(std::string_view name) const {
    for (const auto& one : report.integrity.checks()) {
      if (one.name() == name) return one;
    }
    throw std::runtime_error("no check " + std::string(name));
  }

  TemporaryFolder folder;
  fs::path file = folder.path() / "orderflow.db";
  DoctorReport report;
};

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

TEST_CASE_FIXTURE(DoctorFixture, "events: what is wrong is found") {
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
  SUBCASE("a cursor beyond the log") {
    CHECK(failing_after("UPDATE event_subscription SET cursor = 1000000"
                        " WHERE name = 'users.statistics'") == Names{"events: subscriptions"});
  }
  SUBCASE("a count that is not the number of rows") {
    CHECK(failing_after("UPDATE event_subscription SET dead = dead + 1"
                        " WHERE name = 'users.statistics'") == Names{"events: subscriptions"});
  }
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
  SUBCASE("an attempt that is counted but not kept") {
    CHECK(failing_after("DELETE FROM event_attempt WHERE subscription = 'billing.capture'") ==
          Names{"events: attempts"});
  }
}

TEST_CASE_FIXTURE(DoctorFixture, "orders: what is wrong is found") {
  SUBCASE("an order that differs from what was accepted") {
    CHECK(failing_after("UPDATE orders_order SET email = 'eve@example.com'"
                        " WHERE status = 'PROCESSED'") == Names{"orders: orders and the log"});
  }
  SUBCASE("items that differ from what was accepted") {
    CHECK(failing_after("UPDATE orders_order SET items = replace(items, 'tea', 'gold')"
                        " WHERE status = 'PROCESSED'") == Names{"orders: orders and the log"});
  }
  SUBCASE("an order that is lost") {
    CHECK(failing_after("DELETE FROM orders_order WHERE status = 'PAYMENT_DECLINED'") ==
          Names{"orders: orders and the log"});
  }
  SUBCASE("an order that nobody placed") {
    CHECK(failing_after("INSERT INTO orders_order SELECT x'ffffffffffff7fffbfffffffffffffff',"
                        " user_id, email, currency, total_amount, payment_method, items, status,"
                        " reasons, correlation_id, created_at, updated_at, cancel_requested_at"
                        " FROM orders_order WHERE status = 'CANCELED_FRAUD'") ==
          Names{"orders: orders and the log"});
  }
  SUBCASE("a status that no event gave") {
    CHECK(failing_after("UPDATE orders_order SET status = 'REFUNDED' WHERE status = 'PROCESSED'") ==
          Names{"orders: status", "whole: orders and payments"});
  }
  SUBCASE("a status that an event gave and that is forgotten") {
    CHECK(failing_after("UPDATE orders_order SET status = 'PENDING' WHERE status = 'PROCESSED'") ==
          Names{"orders: status", "whole: pending orders"});
  }
  SUBCASE("a key for an order that is not there") {
    CHECK(failing_after("UPDATE orders_idempotency SET order_id = zeroblob(16)") ==
          Names{"orders: idempotency keys"});
  }
}

TEST_CASE_FIXTURE(DoctorFixture, "billing: what is wrong is found") {
  SUBCASE("a charge that the log does not know") {
    CHECK(failing_after("UPDATE billing_payment SET state = 'captured' WHERE state = 'declined'") ==
          Names{"billing: payments and the log", "whole: orders and payments"});
  }
  SUBCASE("a charge that is forgotten") {
    CHECK(failing_after("DELETE FROM billing_payment WHERE state = 'captured'") ==
          Names{"billing: payments and the log", "whole: orders and payments"});
  }
  SUBCASE("something in the gateway's books that could not be booked") {
    CHECK(failing_after(
              "INSERT INTO billing_unbooked(reference, subject, charge_reference, why,"
              " found_at) VALUES ('re_7', 'refund', 'pi_1', 'refund re_7 is too much', 1)") ==
          Names{"billing: refunds and payments"});
    CHECK(to_text(report).find("refund re_7 is too much") != std::string::npos);
  }
  SUBCASE("a dispute that its payment does not count") {
    CHECK(
        failing_after("INSERT INTO billing_dispute(reference, payment_id, currency, amount, status,"
                      " is_withdrawn, told_at, created_at, updated_at) SELECT 'dp_1', id, currency,"
                      " 100, 'lost', 1, 1, 1, 1 FROM billing_payment WHERE state = 'captured'"
                      " LIMIT 1") == Names{"billing: refunds and payments"});
  }
  SUBCASE("two payments for one order") {
    CHECK(failing_after(
              "DROP INDEX billing_payment_by_order; CREATE TEMP TABLE twin AS SELECT *"
              " FROM billing_payment WHERE state = 'captured'; UPDATE twin SET id = randomblob(16);"
              "INSERT INTO billing_payment SELECT * FROM twin") ==
          Names{"billing: payments and the log"});
  }
  SUBCASE("another amount than was ordered") {
    CHECK(failing_after("UPDATE billing_payment SET amount = amount + 1"
                        " WHERE state = 'captured'") ==
          Names{"billing: amounts", "whole: orders and payments"});
  }
  SUBCASE("another payment method than was asked for") {
    CHECK(failing_after("UPDATE billing_payment SET payment_method = 'sim-slow-1'"
                        " WHERE state = 'captured'") == Names{"billing: payments and the log"});
  }
  SUBCASE("another payment method under a later key, which nobody has edited") {
    CHECK(failing_after("UPDATE billing_payment SET payment_method = 'sim-slow-1', gateway_key ="
                        " replace(gateway_key, ':1', ':2') WHERE state = 'captured'") ==
          Names{"billing: payments and the log"});
  }
  SUBCASE("another payment method under a later key, as an operator has edited it") {
    CHECK(
        failing_after(
            "UPDATE billing_payment SET payment_method = 'sim-slow-1', gateway_key ="
            " replace(gateway_key, ':1', ':2') WHERE state = 'captured';"
            "INSERT INTO event_audit(at, actor, action, subscription, seq, detail, correlation_id)"
            " SELECT 1, 'ada', 'replay', 'billing.capture', seq, '{\"payload\":{}}', ''"
            " FROM event_log WHERE kind = 'payment.requested'")
            .empty());
  }
  SUBCASE("money that was paid back without a refund") {
    CHECK(failing_after("UPDATE billing_payment SET refunded_amount = 1"
                        " WHERE state = 'captured'") ==
          Names{"billing: refunds", "billing: refunds and payments"});
  }
  SUBCASE("a refund that is told of and was not made") {
    CHECK(failing_after("UPDATE billing_payment SET state = 'captured', refunded_amount = 0"
                        " WHERE state = 'refunded'; UPDATE billing_refund SET state = 'abandoned'"
                        " WHERE state = 'made'") ==
          Names{"billing: refunds", "billing: refunds and the log", "whole: orders and payments"});
  }
  SUBCASE("a refund that was made and is not told of") {
    CHECK(failing_after("CREATE TEMP TABLE twin AS SELECT * FROM billing_refund LIMIT 1;"
                        "UPDATE twin SET id = randomblob(16), gateway_key = 'another', amount = 1,"
                        " gateway_reference = 'another';"
                        "INSERT INTO billing_refund SELECT * FROM twin") ==
          Names{"billing: refunds and payments", "billing: refunds and the log"});
  }
  SUBCASE("a refund over another amount than was told") {
    CHECK(failing_after("UPDATE billing_refund SET amount = amount + iif(amount = 100, 1, -1)") ==
          Names{"billing: refunds and the log"});
  }
  SUBCASE("a refund that nobody is going to make") {
    CHECK(failing_after(
              "INSERT INTO billing_refund(id, payment_id, order_id, currency, amount, state,"
              " gateway_key, created_at, updated_at) SELECT randomblob(16), id, order_id, currency,"
              " 5, 'requested', 'another', 1, 1 FROM billing_payment WHERE state = 'captured';"
              "UPDATE billing_payment SET refunding_amount = 5 WHERE state = 'captured'") ==
          Names{"billing: unfinished refunds"});
  }
  SUBCASE("more promised than there are refunds") {
    CHECK(failing_after("UPDATE billing_payment SET refunding_amount = 5"
                        " WHERE state = 'captured'") == Names{"billing: refunds and payments"});
  }
  SUBCASE("refunds that together are more than 64 bits hold") {
    const auto failing = failing_after(
        "INSERT INTO billing_refund(id, payment_id, order_id, currency, amount, state,"
        " gateway_key, created_at, updated_at) SELECT randomblob(16), p.id, order_id, currency,"
        " 9000000000000000000, 'requested', hex(p.id) || column1, 1, 1 FROM billing_payment AS p,"
        " (VALUES ('a'), ('b')) WHERE state = 'captured'");
    CHECK(failing.contains("billing: refunds and payments"));
    CHECK(check("billing: refunds and payments").findings().front().find("18000000000000000000") !=
          std::string::npos);
  }
  SUBCASE("a refund of another order's payment") {
    CHECK(failing_after("UPDATE billing_refund SET payment_id ="
                        " (SELECT id FROM billing_payment WHERE state = 'captured')"
                        " WHERE amount = 100")
              .contains("billing: refunds and payments"));
  }
  SUBCASE("a key for a refund that is not there") {
    CHECK(failing_after("UPDATE billing_idempotency SET refund_id = zeroblob(16)") ==
          Names{"billing: idempotency keys"});
  }
  SUBCASE("a payment that nobody is going to charge") {
    CHECK(failing_after("DELETE FROM event_delivery WHERE subscription = 'billing.capture';"
                        "UPDATE event_subscription SET retrying = 0"
                        " WHERE name = 'billing.capture'") ==
          Names{"billing: unfinished payments", "whole: pending orders"});
  }
}

TEST_CASE_FIXTURE(DoctorFixture, "users: what is wrong is found") {
  SUBCASE("an event that was counted twice") {
    CHECK(failing_after("UPDATE users_statistics SET processed = processed + 1"
                        " WHERE user_id = 'ada'") == Names{"users: statistics"});
  }
  SUBCASE("money that was counted twice") {
    CHECK(failing_after("UPDATE users_spent SET amount = amount * 2 WHERE user_id = 'ada'") ==
          Names{"users: statistics"});
  }
  SUBCASE("a user who is lost") {
    CHECK(failing_after("DELETE FROM users_statistics WHERE user_id = 'ada'") ==
          Names{"users: statistics"});
  }
  SUBCASE("a user who never ordered") {
    CHECK(failing_after("UPDATE users_statistics SET user_id = 'mallory'"
                        " WHERE user_id = 'ada'") == Names{"users: statistics"});
    CHECK(check("users: statistics").found() == 2);
  }
}

TEST_CASE_FIXTURE(DoctorFixture, "notifications: what is wrong is found") {
  SUBCASE("a buyer who was not told") {
    CHECK(failing_after("DELETE FROM notifications_notification WHERE kind = 'order_outcome'") ==
          Names{"notifications: told once"});
  }
  SUBCASE("a buyer who was told twice") {
    CHECK(
        failing_after("CREATE TEMP TABLE twin AS SELECT * FROM notifications_notification LIMIT 1;"
                      "UPDATE twin SET id = randomblob(16);"
                      "INSERT INTO notifications_notification SELECT * FROM twin") ==
        Names{"notifications: told once"});
  }
}

TEST_CASE_FIXTURE(DoctorFixture, "webhooks: what is wrong is found") {
  SUBCASE("an event that an endpoint was not told of") {
    CHECK(failing_after("DELETE FROM webhooks_attempt WHERE seq = 1;"
                        "DELETE FROM webhooks_message WHERE seq = 1;"
                        "DELETE FROM webhooks_delivery WHERE seq = 1")
              .contains("webhooks: events told"));
  }
  SUBCASE("an endpoint that is gone and has left its deliveries") {
    CHECK(failing_after("DELETE FROM webhooks_endpoint") == Names{"webhooks: rows"});
  }
  SUBCASE("a delivery without what is to be sent") {
    CHECK(failing_after("DELETE FROM webhooks_message WHERE seq = 1") == Names{"webhooks: rows"});
  }
  SUBCASE("a message of what was delivered") {
    CHECK(failing_after("UPDATE webhooks_delivery SET state = 'delivered', ended_at = 1") ==
          Names{"webhooks: rows"});
  }
  SUBCASE("an attempt that is not counted") {
    CHECK(failing_after("UPDATE webhooks_delivery SET attempts = 9 WHERE seq = 1") ==
          Names{"webhooks: rows"});
  }
  SUBCASE("a delivery that waits for none") {
    CHECK(failing_after("UPDATE webhooks_delivery SET state = 'parked'") ==
          Names{"webhooks: order"});
  }
  SUBCASE("two of one key that may be sent at once") {
    CHECK(failing_after("UPDATE webhooks_delivery SET state = 'due'") == Names{"webhooks: order"});
  }
}

TEST_CASE_FIXTURE(DoctorFixture, "a log whose begin was removed is checked as far as it reaches") {
  // The first order's story goes, the later ones stay whole.
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

TEST_CASE_FIXTURE(DoctorFixture, "a story of which retention has left single events is set aside") {
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

TEST_CASE_FIXTURE(DoctorFixture, "cursors that nobody works are told, and are no finding") {
  CHECK(failing_after("UPDATE event_subscription SET hosted = 0 WHERE name = 'users.statistics'") ==
        Names{});
  CHECK(check("events: cursors not hosted")
            .subject()
            .starts_with("1 cursors: users.statistics holds what came after "));
  CHECK(failing_after("DELETE FROM storage_migration WHERE owner = 'event' AND number > 5") ==
        Names{});
  CHECK(check("events: cursors not hosted").result() == storage::IntegrityCheck::Result::skipped);
}

TEST_CASE_FIXTURE(DoctorFixture, "what was said here stays so when the node gets another name") {
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
