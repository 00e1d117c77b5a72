// The gateway forgets keys after a day. Before it is asked again then, it is asked what it has.
#include "card_gateway.hpp"

#include "billing/card/card_gateway.hpp"

#include <doctest/doctest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

/// Asks the gateway without a node, so that the test decides how old a request is.
class Till {
 public:
  Till()
      : destination_({.name = "card gateway", .concurrency = 8}, clock_),
        gateway_({.base_url = process.url(),
                  .api_version = "2024-06-20",
                  .secret_key = "sk_test_key",
                  .webhook_secret = "",
                  .ca_file = "",
                  .connect_timeout = 5s,
                  .concurrency = 8,
                  .circuit = {},
                  .key_age_max = 24h,
                  .default_payment_method = ""},
                 destination_, clock_) {}

  /// Nothing where the gateway gave no answer.
  std::optional<billing::ChargeResult> charge(core::Duration age, bool resumed) {
    const billing::ChargeRequest request{.idempotency_key = "order-1:1",
                                         .amount = {1999, *core::Currency::parse("EUR")},
                                         .payment_method = "pm_card_visa",
                                         .order_id = "order-1",
                                         .payment_id = "payment-1",
                                         .attempt = 1,
                                         .key_since = clock_.now() - age,
                                         .resumed = resumed,
                                         .deadline = clock_.steady() + 20s,
                                         .timers = nullptr};
    return run<billing::ChargeResult>(gateway_.charge(request));
  }

  std::optional<billing::RefundResult> refund(const std::string& charge, core::Duration age,
                                              bool resumed) {
    const billing::RefundRequest request{.idempotency_key = "order-1:refund:1",
                                         .amount = {500, *core::Currency::parse("EUR")},
                                         .charge_reference = charge,
                                         .payment_method = "",
                                         .order_id = "order-1",
                                         .payment_id = "payment-1",
                                         .refund_id = "refund-1",
                                         .attempt = 1,
                                         .key_since = clock_.now() - age,
                                         .resumed = resumed,
                                         .deadline = clock_.steady() + 20s,
                                         .timers = nullptr};
    return run<billing::RefundResult>(gateway_.refund(request));
  }

  void fail_with(const char* fault) {
    process.behave({{"fault_rate", 1.0}, {"faults", json::array({fault})}});
  }
  void work_again() { process.behave({{"fault_rate", 0.0}}); }

  CardGatewayProcess process;

 private:
  template <class Result>
  std::optional<Result> run(boost::asio::awaitable<Result> asked) {
    boost::asio::io_context context;
    std::optional<Result> result;
    boost::asio::co_spawn(context, std::move(asked), [&](std::exception_ptr error, Result answer) {
      if (!error) result = std::move(answer);
    });
    context.run();
    return result;
  }

  core::SystemClock clock_;
  outbound::Destination destination_;
  billing::CardGateway gateway_;
};

TEST_CASE("a charge whose key the gateway may have forgotten is looked up before it is sent") {
  Till till;
  till.fail_with("drop_after");
  CHECK_FALSE(till.charge(0s, false));
  till.work_again();
  till.process.behave({{"key_age_ms", 1}});
  const auto found = till.charge(25h, false);
  REQUIRE(found);
  CHECK(std::holds_alternative<billing::Approved>(*found));
  CHECK(till.process.books().at("intents").size() == 1);

  // This is what it would come to without looking.
  CHECK(till.charge(0s, false));
  CHECK(till.process.books().at("intents").size() == 2);
}

TEST_CASE("a charge that may have been sent before is looked up, however young its key seems") {
  Till till;
  till.fail_with("drop_after");
  CHECK_FALSE(till.charge(0s, false));
  till.work_again();
  till.process.behave({{"key_age_ms", 1}});
  const auto found = till.charge(0s, true);
  REQUIRE(found);
  CHECK(std::holds_alternative<billing::Approved>(*found));
  CHECK(till.process.books().at("intents").size() == 1);
}

TEST_CASE("a charge that the gateway does not know of is sent with its old key") {
  Till till;
  till.fail_with("drop_before");
  CHECK_FALSE(till.charge(0s, false));
  till.work_again();
  CHECK(till.charge(25h, false));
  const json books = till.process.books();
  CHECK(books.at("intents").size() == 1);
  CHECK(books.at("requests").at("search") == 1);
  CHECK(books.at("keys").size() == 1);
}

TEST_CASE("a search that does not know what is young yet makes no second charge") {
  Till till;
  till.process.behave({{"search_lag_ms", 3'600'000}});
  till.fail_with("drop_after");
  CHECK_FALSE(till.charge(0s, false));
  till.work_again();
  for (int again = 0; again < 3; ++again)
    CHECK(till.charge(0s, true));
  CHECK(till.process.books().at("intents").size() == 1);
}

TEST_CASE("a refund whose key the gateway may have forgotten is looked up before it is sent") {
  Till till;
  const auto paid = till.charge(0s, false);
  REQUIRE(paid);
  const std::string charge = std::get<billing::Approved>(*paid).reference;
  till.fail_with("drop_after");
  CHECK_FALSE(till.refund(charge, 0s, false));
  till.work_again();
  till.process.behave({{"key_age_ms", 1}});
  const auto found = till.refund(charge, 25h, false);
  REQUIRE(found);
  CHECK(std::holds_alternative<billing::RefundMade>(*found));
  CHECK(till.process.books().at("refunds").size() == 1);
}

TEST_CASE("a refund that may have been sent before is looked up, however young its key seems") {
  Till till;
  const auto paid = till.charge(0s, false);
  REQUIRE(paid);
  const std::string charge = std::get<billing::Approved>(*paid).reference;
  till.fail_with("error_after");
  CHECK_FALSE(till.refund(charge, 0s, false));
  till.work_again();
  till.process.behave({{"key_age_ms", 1}});
  const auto found = till.refund(charge, 0s, true);
  REQUIRE(found);
  CHECK(std::holds_alternative<billing::RefundMade>(*found));
  CHECK(till.process.books().at("refunds").size() == 1);
}

TEST_CASE("a key that was sent in a future that the clock has left again is not taken for young") {
  Till till;
  till.fail_with("drop_after");
  CHECK_FALSE(till.charge(0s, false));
  till.work_again();
  till.process.behave({{"key_age_ms", 1}});
  const auto found = till.charge(-48h, false);
  REQUIRE(found);
  CHECK(till.process.books().at("intents").size() == 1);
}

}  // namespace
}  // namespace orderflow::test
