// The tables of each module with one thing wrong each, and the checks that find it.
#include "doctor/doctor_fixture.hpp"

#include <doctest/doctest.h>

#include <string>

namespace orderflow::doctor {
namespace {

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

TEST_CASE_FIXTURE(DoctorFixture, "billing: what is wrong with a payment is found") {
  SUBCASE("a charge that the log does not know") {
    CHECK(failing_after("UPDATE billing_payment SET state = 'captured' WHERE state = 'declined'") ==
          Names{"billing: payments and the log", "whole: orders and payments"});
  }
  SUBCASE("a charge that is forgotten") {
    CHECK(failing_after("DELETE FROM billing_payment WHERE state = 'captured'") ==
          Names{"billing: payments and the log", "whole: orders and payments"});
  }
  SUBCASE("a payment that nobody is going to charge") {
    CHECK(failing_after("DELETE FROM event_delivery WHERE subscription = 'billing.capture';"
                        "UPDATE event_subscription SET retrying = 0"
                        " WHERE name = 'billing.capture'") ==
          Names{"billing: unfinished payments", "whole: pending orders"});
  }
}

TEST_CASE_FIXTURE(DoctorFixture,
                  "billing: what the gateway's books have and ours do not is found") {
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
}

TEST_CASE_FIXTURE(DoctorFixture, "billing: a payment that differs from the order is found") {
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
}

TEST_CASE_FIXTURE(DoctorFixture, "billing: what is wrong with a refund is found") {
  SUBCASE("money that was paid back without a refund") {
    CHECK(failing_after("UPDATE billing_payment SET refunded_amount = 1"
                        " WHERE state = 'captured'") ==
          Names{"billing: refunds", "billing: refunds and payments"});
  }
  SUBCASE("a refund that was published and not made") {
    CHECK(failing_after("UPDATE billing_payment SET state = 'captured', refunded_amount = 0"
                        " WHERE state = 'refunded'; UPDATE billing_refund SET state = 'abandoned'"
                        " WHERE state = 'made'") ==
          Names{"billing: refunds", "billing: refunds and the log", "whole: orders and payments"});
  }
  SUBCASE("a refund that was made and not published") {
    CHECK(failing_after("CREATE TEMP TABLE twin AS SELECT * FROM billing_refund LIMIT 1;"
                        "UPDATE twin SET id = randomblob(16), gateway_key = 'another', amount = 1,"
                        " gateway_reference = 'another';"
                        "INSERT INTO billing_refund SELECT * FROM twin") ==
          Names{"billing: refunds and payments", "billing: refunds and the log"});
  }
  SUBCASE("a refund over another amount than was published") {
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
  SUBCASE("a key for a refund that is not there") {
    CHECK(failing_after("UPDATE billing_idempotency SET refund_id = zeroblob(16)") ==
          Names{"billing: idempotency keys"});
  }
}

TEST_CASE_FIXTURE(DoctorFixture, "billing: refunds that do not fit their payment are found") {
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
  SUBCASE("a buyer who was not notified") {
    CHECK(failing_after("DELETE FROM notifications_notification WHERE kind = 'order_outcome'") ==
          Names{"notifications: told once"});
  }
  SUBCASE("a buyer who was notified twice") {
    CHECK(
        failing_after("CREATE TEMP TABLE twin AS SELECT * FROM notifications_notification LIMIT 1;"
                      "UPDATE twin SET id = randomblob(16);"
                      "INSERT INTO notifications_notification SELECT * FROM twin") ==
        Names{"notifications: told once"});
  }
}

TEST_CASE_FIXTURE(DoctorFixture, "webhooks: what is wrong is found") {
  SUBCASE("an event that an endpoint did not receive") {
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

}  // namespace
}  // namespace orderflow::doctor
