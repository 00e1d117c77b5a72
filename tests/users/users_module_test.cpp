#include "module.hpp"

#include "billing/contract/order_processed.hpp"
#include "orders/contract/order_created.hpp"
#include "support/module_harness.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <limits>
#include <string>

namespace orderflow::users {
namespace {

using nlohmann::json;

/// The users module alone; orders and billing are played by the test.
struct Alone {
  test::ModuleHarness harness{make_module()};
  int orders = 0;

  std::string create(const std::string& user) {
    const std::string id = "order-" + std::to_string(++orders);
    harness.publish("orders", id,
                    orders::OrderCreated{.order_id = id,
                                         .user_id = user,
                                         .email = "",
                                         .currency = "EUR",
                                         .total_amount = 100,
                                         .payment_method = "",
                                         .items = {{"p", "", 1, 100}}});
    return id;
  }

  void process(const std::string& id, const std::string& user, billing::OrderResult result,
               std::int64_t amount, const std::string& currency = "EUR") {
    harness.publish("billing", id,
                    billing::OrderProcessed{.order_id = id,
                                            .user_id = user,
                                            .email = "",
                                            .currency = currency,
                                            .amount = amount,
                                            .status = result,
                                            .reasons = {},
                                            .payment_id = ""});
  }

  json statistics(const std::string& user) {
    harness.run_until_idle();
    return json::parse(harness.call(http::Method::get, "/v1/users/" + user + "/statistics").body);
  }
};

TEST_CASE_FIXTURE(Alone, "a user's orders are counted by outcome and his spending by currency") {
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
                  "the last order is the latest by the events' time, and says nothing else") {
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

TEST_CASE_FIXTURE(Alone, "spending that would overflow is a failed delivery, not a wrong figure") {
  using enum billing::OrderResult;
  process(create("ada"), "ada", processed, std::numeric_limits<std::int64_t>::max());
  process(create("ada"), "ada", processed, 1);
  const json ada = statistics("ada");
  CHECK(ada["ordersProcessed"] == 1);
  CHECK(ada["spent"]["EUR"] == std::numeric_limits<std::int64_t>::max());
  CHECK(harness.status("users.statistics").record.retrying == 1);
}

}  // namespace
}  // namespace orderflow::users
