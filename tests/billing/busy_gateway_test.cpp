// A card gateway that has too much to do: it is left alone, and nothing is lost or used up by that.
#include "card/card_gateway.hpp"
#include "core/money.hpp"
#include "module_over_gateway.hpp"
#include "orders/contract/order_cancel_requested.hpp"
#include "outbound/http_sender.hpp"
#include "sample_order.hpp"
#include "support/module_harness.hpp"
#include "support/temporary_folder.hpp"
#include "support/typed_values.hpp"

#include <doctest/doctest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

namespace orderflow::billing {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using outbound::HttpAnswer;
using outbound::HttpRequest;

/// What stands behind `name=` in a form; empty where it does not.
std::string value_in(const std::string& form, std::string_view name) {
  const auto at = form.find(std::string(name) + "=");
  if (at == std::string::npos) return {};
  const auto begin = at + name.size() + 1;
  return form.substr(begin, form.find('&', begin) - begin);
}

/// A card gateway that answers all, or one payment, with 429 for as long as the test wants.
class BusyServer final : public outbound::HttpSender {
 public:
  bool is_busy = true;
  std::string locked_method;  ///< the payments by this one are locked, and no others
  std::optional<std::string> retry_after;
  int requests = 0;
  core::Duration timeout{};            ///< of the last request
  std::map<std::string, int> charges;  ///< by payment method

  boost::asio::awaitable<HttpAnswer> send(const HttpRequest& request) override {
    ++requests;
    timeout = request.timeout;
    const std::string method = value_in(request.body, "payment_method");
    if (!method.empty()) ++charges[method];
    if (is_busy && (locked_method.empty() || method == locked_method)) co_return refusal();
    if (request.method == "GET") co_return nothing_found();
    co_return charged(request.body);
  }

 private:
  HttpAnswer refusal() const {
    json error = {{"type", "invalid_request_error"}, {"code", "lock_timeout"}};
    if (locked_method.empty()) error = {{"type", "rate_limit_error"}, {"code", "rate_limit"}};
    HttpAnswer answer{.status = 429, .headers = {}, .body = json{{"error", error}}.dump()};
    if (retry_after) answer.headers.emplace("retry-after", *retry_after);
    return answer;
  }

  static HttpAnswer nothing_found() {
    const json page = {{"object", "search_result"}, {"data", json::array()}, {"has_more", false}};
    return {.status = 200, .headers = {}, .body = page.dump()};
  }

  static HttpAnswer charged(const std::string& form) {
    const std::string payment = value_in(form, "metadata%5Bpayment_id%5D");
    const std::int64_t amount = std::stoll(value_in(form, "amount"));
    const json intent = {{"object", "payment_intent"},
                         {"id", "pi_" + payment},
                         {"status", "succeeded"},
                         {"amount", amount},
                         {"amount_received", amount},
                         {"currency", value_in(form, "currency")},
                         {"metadata", {{"payment_id", payment}}}};
    return {.status = 200, .headers = {}, .body = intent.dump()};
  }
};

/// The settings of a node with a card gateway. Secrets stand in files of their owner's.
std::string card_settings_with_key_in(const std::filesystem::path& folder) {
  const auto file = folder / "key";
  std::ofstream(file) << "sk_test_key";
  std::filesystem::permissions(
      file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  return json{{"billing",
               {{"gateway", {{"kind", "card"}, {"card", {{"secretKeyFile", file.string()}}}}},
                {"reconcile", {{"everyMs", 60'000}, {"olderThanMs", 100}}}}}}
      .dump();
}

struct BusyShop {
  void place(int number, const std::string& method) {
    auto order = sample_order(number, "user-" + std::to_string(number));
    order.order.payment_method = method;
    harness.publish("orders", order.order_id, order);
  }
  void place_twenty() {
    for (int number = 1; number <= 20; ++number)
      place(number, "pm_card_visa");
  }
  std::int64_t captured() {
    return std::stoll(
        harness.rows("billing", "SELECT count(*) FROM billing_payment WHERE state = 'captured'")
            .front());
  }
  int requests_within(core::Duration time) {
    const int before = server.requests;
    harness.run_to_the_end(time);
    return server.requests - before;
  }

  test::TemporaryFolder folder;
  BusyServer server;
  test::ModuleHarness harness{make_module_over(server), card_settings_with_key_in(folder.path())};
};

}  // namespace

TEST_CASE(
    "a request to the gateway waits as long as its attempt may take, whatever the clock shows") {
  core::ManualClock clock(core::Timestamp{} + 48h);
  outbound::Destination destination({.name = "card gateway", .concurrency = 1}, clock);
  BusyServer server;
  server.is_busy = false;
  CardSettings settings;
  settings.key_age_max = 24h;
  CardGateway gateway(settings, server, destination, clock);
  const ChargeRequest charge{.idempotency_key = "order-1:1",
                             .amount = {1999, *core::Currency::parse("EUR")},
                             .payment_method = "pm_card_visa",
                             .order_id = "order-1",
                             .payment_id = "payment-1",
                             .attempt = 1,
                             .key_since = clock.now(),
                             .resumed = false,
                             .deadline = clock.steady() + 30s,
                             .timers = nullptr};
  // The clock goes back between the begin of the attempt and its request.
  clock.jump(-24h);
  boost::asio::io_context context;
  boost::asio::co_spawn(context, gateway.charge(charge), boost::asio::detached);
  context.run();
  CHECK(server.requests > 0);
  CHECK(server.timeout == 30s);
}

TEST_CASE(
    "a gateway that answers 429 without a time is asked ever less often, whatever waits for it") {
  BusyShop shop;
  shop.place_twenty();
  shop.harness.run_until_idle();
  // Those that were sent side by side before the first answer.
  CHECK(shop.server.requests <= 20);
  CHECK(shop.requests_within(1min) <= 20);
  // A probe a minute for each that may probe: charges, refunds and the reconciliation.
  CHECK(shop.requests_within(1h) <= 3 * 62);

  const auto capture = shop.harness.status("billing.capture").record;
  CHECK(capture.dead == 0);
  CHECK(shop.harness.rows("event",
                          "SELECT max(attempts - attempts_forgiven) FROM event_delivery"
                          " WHERE subscription = 'billing.capture'") ==
        std::vector<std::string>{"0"});
  CHECK(shop.harness.rows("event", "SELECT count(*) > 20 FROM event_attempt") ==
        std::vector<std::string>{"0"});

  shop.server.is_busy = false;
  shop.harness.run_to_the_end(10min);
  CHECK(shop.captured() == 20);
}

TEST_CASE("a gateway that names a time with its 429 is not asked before then, by anybody") {
  BusyShop shop;
  shop.server.retry_after = "600";
  shop.place_twenty();
  shop.harness.run_until_idle();
  CHECK(shop.requests_within(590s) == 0);
  shop.place(21, "pm_card_visa");
  CHECK(shop.requests_within(5s) == 0);
  shop.server.is_busy = false;
  shop.harness.run_to_the_end(20min);
  CHECK(shop.captured() == 21);
}

TEST_CASE("a payment whose charge is locked waits alone, ever longer, and the others continue") {
  BusyShop shop;
  shop.server.locked_method = "pm_locked";
  shop.place(1, "pm_locked");
  shop.harness.run_until_idle();
  for (int number = 2; number <= 20; ++number)
    shop.place(number, "pm_card_visa");
  shop.harness.run_until_idle();
  CHECK(shop.captured() == 19);
  shop.harness.run_to_the_end(6h);
  // It doubles to five minutes; by chance half of that on average.
  CHECK(shop.server.charges["pm_locked"] < 6 * 12 * 4);
  CHECK(shop.harness.rows("event", "SELECT count(*) FROM event_attempt") ==
        std::vector<std::string>{"1"});
  shop.server.is_busy = false;
  shop.harness.run_to_the_end(10min);
  CHECK(shop.captured() == 20);
}

TEST_CASE("a refund shows why it waits for a gateway with too much to do, and counts no attempt") {
  BusyShop shop;
  shop.server.is_busy = false;
  shop.place(1, "pm_card_visa");
  shop.harness.run_until_idle();
  REQUIRE(shop.captured() == 1);
  shop.server.is_busy = true;
  shop.harness.publish("orders", order_id(1),
                       orders::OrderCancelRequested{.order_id = test::id_of(order_id(1)),
                                                    .user_id = core::UserId{"user-1"},
                                                    .reason = "bought twice"});
  shop.harness.run_until_idle();
  CHECK(shop.harness.rows("billing",
                          "SELECT state, attempts, last_error <> '' FROM billing_refund") ==
        std::vector<std::string>{"requested|0|1"});
}

TEST_CASE("a restart keeps how long a payment waits for a gateway with too much to do") {
  BusyShop shop;
  shop.server.locked_method = "pm_locked";
  shop.place(1, "pm_locked");
  shop.harness.run_to_the_end(6h);
  const auto waits = [&] {
    return shop.harness.rows("event",
                             "SELECT forgiven_in_a_row > 10, next_attempt_at FROM event_delivery");
  };
  const auto before = waits();
  REQUIRE(before.size() == 1);
  CHECK(before.front().starts_with("1|"));
  const int requests = shop.server.charges["pm_locked"];
  for (int i = 0; i < 10; ++i) {
    shop.harness.restart();
    shop.harness.run_until_idle();
  }
  CHECK(shop.server.charges["pm_locked"] == requests);
  CHECK(waits() == before);
}

}  // namespace orderflow::billing
