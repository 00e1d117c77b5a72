#include "module.hpp"
#include "support/typed_values.hpp"

#include "billing/contract/order_processed.hpp"
#include "billing/contract/payment_refunded.hpp"
#include "events/operations/operations.hpp"
#include "orders/contract/order_created.hpp"
#include "support/module_harness.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <limits>
#include <string>

namespace orderflow::users {
namespace {

using nlohmann::json;

/// The identifier of the test's n-th order.
std::string order_id(int number) {
  char text[37];
  std::snprintf(text, sizeof text, "01900000-0000-7000-8000-%012d", number);
  return text;
}

/// The users module alone; orders and billing are played by the test.
struct Alone {
  test::ModuleHarness harness{make_module()};
  int orders = 0;

  std::string create(const std::string& user) {
    const std::string id = order_id(++orders);
    harness.publish("orders", id,
                    orders::OrderCreated{.order_id = test::id_of(id),
                                         .order = {.user_id = core::UserId{user},
                                                   .email = "",
                                                   .total = test::money(100),
                                                   .payment_method = "",
                                                   .items = {{"p", "", 1, 100}}}});
    return id;
  }

  void process(const std::string& id, const std::string& user, billing::OrderResult result,
               std::int64_t amount, const std::string& currency = "EUR") {
    harness.publish("billing", id,
                    billing::OrderProcessed{.order_id = test::id_of(id),
                                            .buyer = {.user_id = core::UserId{user}, .email = ""},
                                            .amount = test::money(amount, currency),
                                            .status = result,
                                            .reasons = {},
                                            .payment_id = {}});
  }

  void refund(const std::string& id, const std::string& user, std::int64_t amount,
              std::int64_t remaining_amount = 0) {
    harness.publish("billing", id,
                    billing::PaymentRefunded{.order_id = test::id_of(id),
                                             .buyer = {.user_id = core::UserId{user}, .email = ""},
                                             .amount = test::money(amount),
                                             .payment_id = {},
                                             .refund_id = "r",
                                             .remaining_amount = remaining_amount});
  }

  json statistics(const std::string& user) {
    harness.run_until_idle();
    return json::parse(harness.call(http::Method::get, "/v1/users/" + user + "/statistics").body);
  }
};

TEST_CASE_FIXTURE(Alone, "a user's orders are counted by outcome and the spending by currency") {
  using enum billing::OrderResult;
  process(create("ada"), "ada", processed, 1000);
  process(create("ada"), "ada", processed, 500);
  process(create("ada"), "ada", processed, 70, "JPY");
  process(create("ada"), "ada", canceled_fraud, 9999);
  process(create("ada"), "ada", payment_declined, 9999);
  const std::string last = create("ada");
  create("bob");
  const json ada = statistics("ada");
  CHECK(ada["ordersPlaced"] == 6);
  CHECK(ada["ordersProcessed"] == 3);
  CHECK(ada["ordersCanceled"] == 1);
  CHECK(ada["ordersDeclined"] == 1);
  CHECK(ada["spent"] == json{{"EUR", 1500}, {"JPY", 70}});
  CHECK(ada["lastOrder"]["id"] == last);
  CHECK(statistics("bob")["ordersPlaced"] == 1);
}

TEST_CASE_FIXTURE(Alone,
                  "the last order is the latest by the events' time, and nothing is published") {
  create("ada");
  harness.clock.advance(std::chrono::seconds{10});
  const std::string latest = create("ada");
  harness.clock.advance(std::chrono::seconds{-60});
  create("ada");
  CHECK(statistics("ada")["lastOrder"]["id"] == latest);
  CHECK(harness.log().size() == 3);
}

TEST_CASE_FIXTURE(Alone, "a user without orders is a 404") {
  CHECK(harness.call(http::Method::get, "/v1/users/nobody/statistics").status == 404);
}

TEST_CASE_FIXTURE(Alone, "spending beyond 64 bits is exact, and shown as the most that is shown") {
  using enum billing::OrderResult;
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  const std::string first = create("ada");
  process(first, "ada", processed, most);
  process(create("ada"), "ada", processed, most);
  process(create("ada"), "ada", processed, 7);
  CHECK(statistics("ada")["ordersProcessed"] == 3);
  CHECK(statistics("ada")["spent"]["EUR"] == most);
  CHECK(harness.status("users.statistics").record.rows() == 0);

  refund(first, "ada", most);
  CHECK(statistics("ada")["spent"]["EUR"] == most);
  refund(first, "ada", most);
  CHECK(statistics("ada")["spent"]["EUR"] == 7);
}

TEST_CASE_FIXTURE(Alone, "a refund is counted and takes its money from what was spent") {
  using enum billing::OrderResult;
  const std::string id = create("ada");
  process(id, "ada", processed, 1000);
  process(create("ada"), "ada", processed, 500);
  refund(id, "ada", 1000);
  const json ada = statistics("ada");
  CHECK(ada["ordersPlaced"] == 2);
  CHECK(ada["ordersProcessed"] == 2);
  CHECK(ada["ordersRefunded"] == 1);
  CHECK(ada["spent"] == json{{"EUR", 500}});
}

TEST_CASE_FIXTURE(Alone, "each partial refund takes its money, and the last one counts the order") {
  using enum billing::OrderResult;
  const std::string id = create("ada");
  process(id, "ada", processed, 1000);
  refund(id, "ada", 300, 700);
  CHECK(statistics("ada")["spent"] == json{{"EUR", 700}});
  CHECK(statistics("ada")["ordersRefunded"] == 0);
  refund(id, "ada", 200, 500);
  refund(id, "ada", 500);
  CHECK(statistics("ada")["spent"] == json{{"EUR", 0}});
  CHECK(statistics("ada")["ordersRefunded"] == 1);
}

TEST_CASE_FIXTURE(Alone, "an order that was canceled in time counts as canceled") {
  using enum billing::OrderResult;
  process(create("ada"), "ada", canceled, 1000);
  process(create("ada"), "ada", canceled_fraud, 1000);
  CHECK(statistics("ada")["ordersCanceled"] == 2);
  CHECK(statistics("ada")["spent"] == json::object());
}

TEST_CASE_FIXTURE(Alone, "statistics that went wrong are rebuilt from the log, all at once") {
  using enum billing::OrderResult;
  constexpr int users = 700;
  for (int user = 0; user < users; ++user) {
    const std::string name = "user-" + std::to_string(user);
    process(create(name), name, processed, 100 + user);
  }
  const json right = statistics("user-7");
  harness.write("users", [](events::Turn& turn) {
    turn.db().execute("UPDATE users_statistics SET placed = placed + 3 WHERE generation = 0");
    turn.db().execute("UPDATE users_spent SET amount = 0 WHERE generation = 0");
  });
  CHECK(statistics("user-7")["ordersPlaced"] == 4);
  const json bob = [&] {
    harness.write(events::event_owner, [&](events::Turn& turn) {
      const auto begun = harness.node().dispatcher().operations().rebuild(
          turn.db().connection(), events::Actor{"ada", "call-1"}, "users.statistics");
      REQUIRE(begun.has_value());
    });
    process(create("bob"), "bob", processed, 5);  // while it is being made
    return statistics("bob");
  }();
  harness.run_to_the_end();
  CHECK(statistics("user-7") == right);
  CHECK(statistics("bob") == bob);
  CHECK(bob["spent"]["EUR"] == 5);
  CHECK(harness.rows("users", "SELECT current FROM users_generation") ==
        std::vector<std::string>{"1"});
  for (const char* table : {"users_statistics", "users_spent"}) {
    CHECK(harness.rows("users", std::string("SELECT generation, count(*) FROM ") + table +
                                    " GROUP BY generation") ==
          std::vector<std::string>{"1|" + std::to_string(users + 1)});
  }
}

}  // namespace
}  // namespace orderflow::users
