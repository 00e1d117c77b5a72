#include "gateway/simulated_gateway.hpp"

#include <doctest/doctest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace orderflow::billing {
namespace {

using namespace std::chrono_literals;

/// Charges one at a time, in a time that the test moves.
class Charging {
 public:
  explicit Charging(core::Duration latency = 0ms) : gateway_(clock_, latency) {}

  void start(std::string payment_method, int attempt = 1, std::string key = "order-1:1") {
    request_.emplace(ChargeRequest{.idempotency_key = std::move(key),
                                   .amount = {1999, *core::Currency::parse("EUR")},
                                   .payment_method = std::move(payment_method),
                                   .order_id = "order-1",
                                   .payment_id = "payment-1",
                                   .attempt = attempt,
                                   .key_since = clock_.now(),
                                   .resumed = false,
                                   .deadline = clock_.steady() + 30s,
                                   .timers = &timers_});
    result_.reset();
    error_.clear();
    boost::asio::co_spawn(
        context_, gateway_.charge(*request_),
        [this](std::exception_ptr error, ChargeResult result) { ended(error, std::move(result)); });
    run();
  }

  void advance(core::Duration by) {
    clock_.advance(by);
    timers_.fire(clock_.now());
    run();
  }

  bool has_ended() const { return result_.has_value() || !error_.empty(); }
  const std::string& error() const { return error_; }
  std::string reference() const {
    REQUIRE(result_.has_value());
    REQUIRE(std::holds_alternative<Approved>(*result_));
    return std::get<Approved>(*result_).reference;
  }
  std::string decline_code() const {
    REQUIRE(result_.has_value());
    REQUIRE(std::holds_alternative<Declined>(*result_));
    return std::get<Declined>(*result_).code;
  }
  bool approved() const { return result_ && std::holds_alternative<Approved>(*result_); }

 private:
  void run() {
    context_.restart();
    context_.poll();
  }
  void ended(std::exception_ptr error, ChargeResult result) {
    if (!error) {
      result_ = std::move(result);
      return;
    }
    try {
      std::rethrow_exception(error);
    } catch (const GatewayError& e) {
      error_ = e.what();
    }
  }

  core::ManualClock clock_{core::from_micros(1'000'000)};
  events::ManualTimers timers_;
  SimulatedGateway gateway_;
  std::optional<ChargeRequest> request_;
  std::optional<ChargeResult> result_;
  std::string error_;
  boost::asio::io_context context_{1};
};

}  // namespace

TEST_CASE("the gateway approves at once where the payment method asks for nothing else") {
  Charging charging;
  for (const char* method : {"sim-approve", "", "visa-4242", "sim-", "sim-fail-", "sim-fail-x",
                             "sim-fail--1", "sim-slow-1s", "sim-slow-", "SIM-DECLINE"}) {
    CAPTURE(method);
    charging.start(method);
    CHECK(charging.approved());
  }
}

TEST_CASE("the same key gives the same reference, and another key another one") {
  Charging first;
  Charging second;
  first.start("sim-approve", 1, "order-1:1");
  second.start("sim-approve", 7, "order-1:1");
  const std::string reference = first.reference();
  CHECK(reference.starts_with("sim_"));
  CHECK(second.reference() == reference);
  second.start("sim-approve", 1, "order-2:1");
  CHECK(second.reference() != reference);
}

TEST_CASE("the gateway declines with the code that the payment method names") {
  Charging charging;
  charging.start("sim-decline");
  CHECK(charging.decline_code() == "card_declined");
  charging.start("sim-decline:insufficient_funds");
  CHECK(charging.decline_code() == "insufficient_funds");
  charging.start("sim-decline:");
  CHECK(charging.decline_code() == "card_declined");
}

TEST_CASE("the gateway that times out gives no answer until the deadline, then an error") {
  Charging charging;
  charging.start("sim-timeout");
  charging.advance(30s - 1us);
  CHECK_FALSE(charging.has_ended());
  charging.advance(1us);
  CHECK(charging.error() == "the gateway did not answer in time");
}

TEST_CASE("the gateway fails the first attempts and approves the next") {
  Charging charging;
  charging.start("sim-fail-2", 1);
  CHECK(charging.error() == "the gateway failed at attempt 1");
  charging.start("sim-fail-2", 2);
  CHECK(charging.error() == "the gateway failed at attempt 2");
  charging.start("sim-fail-2", 3);
  CHECK(charging.approved());
  charging.start("sim-fail-0", 1);
  CHECK(charging.approved());
  charging.start("sim-fail-99999999999999999999999", 1000);
  CHECK(charging.error() == "the gateway failed at attempt 1000");
}

TEST_CASE("payment methods about refunds approve the charge") {
  for (const char* method : {"sim-refund-refuse", "sim-refund-fail-3"}) {
    Charging charging;
    charging.start(method);
    CHECK(charging.approved());
  }
}

TEST_CASE("the slow gateway answers after its time") {
  Charging charging;
  charging.start("sim-slow-1500");
  charging.advance(1500ms - 1us);
  CHECK_FALSE(charging.has_ended());
  charging.advance(1us);
  CHECK(charging.approved());
}

TEST_CASE("the slow gateway that would answer at the deadline or after it fails there") {
  Charging charging;
  for (const char* method : {"sim-slow-30000", "sim-slow-99999999999999999999999"}) {
    CAPTURE(method);
    charging.start(method);
    charging.advance(30s - 1us);
    CHECK_FALSE(charging.has_ended());
    charging.advance(1us);
    CHECK(charging.error() == "the gateway did not answer in time");
  }
}

TEST_CASE("the latency delays every answer") {
  Charging charging(200ms);
  for (const char* method : {"sim-approve", "sim-decline", "sim-fail-1"}) {
    CAPTURE(method);
    charging.start(method);
    charging.advance(200ms - 1us);
    CHECK_FALSE(charging.has_ended());
    charging.advance(1us);
    CHECK(charging.has_ended());
  }
  charging.start("sim-slow-100");
  charging.advance(300ms - 1us);
  CHECK_FALSE(charging.has_ended());
  charging.advance(1us);
  CHECK(charging.approved());
}

}  // namespace orderflow::billing
