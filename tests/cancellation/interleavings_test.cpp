// Every interleaving of a cancellation with what billing does to an order, and with a crash after
// any commit, ends in a right state: see `Shop::faults`.
#include "shop.hpp"

#include "core/random.hpp"
#include "support/sanitized.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <optional>
#include <random>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;
using enum Answer;
using nlohmann::json;

/// One way in which an order may go.
struct Course {
  const char* name;
  BookkeepingGateway::Script script = {};
  std::int64_t amount = 1999;
  int quantity = 1;
  std::string_view paused = {};  ///< a subscription that stands still until the cancellation is in
};

// More steps than any course has commits until its gateway has answered.
constexpr int steps_max = 12;
constexpr int never = -1;
// A crash after any commit; sanitizers, which look at memory and not at money, see each third.
constexpr int crash_stride = sanitized ? 3 : 1;

/// Sends the request again, as a buyer does who got no answer.
class Buyer {
 public:
  Buyer(Shop& shop, std::string order_id) : shop_(shop), order_id_(std::move(order_id)) {}

  void ask() { call_ = shop_.ask_to_cancel(order_id_); }
  void ask_again_unless_answered() {
    if (call_ && !call_->done()) ask();
  }
  bool is_accepted() const { return call_ && call_->response && call_->response->status == 202; }
  bool is_answered() const { return !call_ || call_->done(); }

 private:
  Shop& shop_;
  std::string order_id_;
  Shop::Call call_;
};

/// Somebody in the shop who pays a part back, and sends it again where he got no answer.
class Clerk {
 public:
  Clerk(Shop& shop, std::string order_id, std::int64_t amount, std::string key)
      : shop_(shop), order_id_(std::move(order_id)), amount_(amount), key_(std::move(key)) {}

  void ask() { call_ = shop_.ask_to_refund(order_id_, amount_, key_); }
  void ask_again_unless_answered() {
    if (call_ && !call_->done()) ask();
  }
  /// What he was promised, at least.
  std::int64_t promised() const {
    return call_ && call_->response && call_->response->status == 201 ? amount_ : 0;
  }
  bool is_answered() const { return !call_ || call_->done(); }

 private:
  Shop& shop_;
  std::string order_id_;
  std::int64_t amount_;
  std::string key_;
  Shop::Call call_;
};

/// Runs one order to its end, canceled after so many steps and with a crash after so many.
void run(Shop& shop, const Course& course, int number, int cancel_at, int crash_at) {
  if (!course.paused.empty()) shop.set_paused(course.paused, true);
  shop.gateway.follow(course.script);
  const std::string id =
      shop.place("user-" + std::to_string(number), course.amount, course.quantity);
  Buyer buyer(shop, id);
  for (int step = 0; step < steps_max; ++step) {
    if (step == cancel_at) buyer.ask();
    if (step == crash_at) {
      shop.harness.restart();
      buyer.ask_again_unless_answered();
    }
    shop.go_on();
  }
  if (!course.paused.empty()) shop.set_paused(course.paused, false);
  for (int step = 0; step < 400; ++step)
    shop.go_on();
  CAPTURE(course.name);
  CAPTURE(cancel_at);
  CAPTURE(crash_at);
  CHECK(buyer.is_answered());
  const auto faults = shop.faults(id, buyer.is_accepted());
  CHECK_MESSAGE(faults.empty(), json(faults).dump());
}

const std::vector<Course> courses{
    {.name = "approved at once"},
    {.name = "declined", .script = {.charges = {no}}},
    {.name = "approved after a lost request", .script = {.charges = {lost_before, yes}}},
    {.name = "approved, the answer lost", .script = {.charges = {lost_after, yes}}},
    {.name = "declined after lost ones", .script = {.charges = {lost_before, lost_before, no}}},
    {.name = "charged late", .script = {.charges = {slow_then_books}}},
    {.name = "charged early, answered late", .script = {.charges = {books_then_slow}}},
    {.name = "charged without an answer", .script = {.charges = {silent, yes}}},
    {.name = "refunded late", .script = {.refunds = {slow_then_books}}},
    {.name = "refunded early, answered late", .script = {.refunds = {books_then_slow}}},
    {.name = "refunded, the answer lost", .script = {.refunds = {lost_after, lost_before, yes}}},
    {.name = "charge and refund without an answer",
     .script = {.charges = {silent, yes}, .refunds = {silent, yes}}},
    {.name = "costs nothing", .amount = 0},
    {.name = "fraud", .quantity = 11},
    {.name = "judged late", .paused = "billing.assess"},
    {.name = "fraud judged late", .quantity = 11, .paused = "billing.assess"},
    {.name = "charged after the cancellation", .paused = "billing.capture"},
    {.name = "canceled after the charge", .paused = "billing.cancel"},
    {.name = "settled late", .paused = "orders.settle"},
};

/// The same with two partial refunds, asked for after so many steps: together they are more than
/// was paid.
void run_with_refunds(Shop& shop, const Course& course, int number, int refund_at, int cancel_at,
                      int crash_at) {
  if (!course.paused.empty()) shop.set_paused(course.paused, true);
  shop.gateway.follow(course.script);
  const std::string id = shop.place("user-" + std::to_string(number), course.amount);
  Buyer buyer(shop, id);
  std::vector<Clerk> clerks;
  for (const auto part : {2, 3})
    clerks.emplace_back(shop, id, course.amount * part / 4, id + "/" + std::to_string(part));
  for (int step = 0; step < steps_max; ++step) {
    if (step == refund_at) clerks[0].ask();
    if (step == cancel_at) buyer.ask();
    if (step == refund_at + 1) clerks[1].ask();
    if (step == crash_at) {
      shop.harness.restart();
      buyer.ask_again_unless_answered();
      for (Clerk& clerk : clerks)
        clerk.ask_again_unless_answered();
    }
    shop.go_on();
  }
  if (!course.paused.empty()) shop.set_paused(course.paused, false);
  for (int step = 0; step < 400; ++step)
    shop.go_on();
  CAPTURE(course.name);
  CAPTURE(refund_at);
  CAPTURE(cancel_at);
  CAPTURE(crash_at);
  CHECK(buyer.is_answered());
  CHECK(clerks[0].is_answered());
  CHECK(clerks[1].is_answered());
  CHECK(shop.paid_back(id) >= clerks[0].promised() + clerks[1].promised());
  const auto faults = shop.faults(id, buyer.is_accepted());
  CHECK_MESSAGE(faults.empty(), json(faults).dump());
}

const std::vector<Course> courses_with_refunds{
    {.name = "refunded at once"},
    {.name = "refunded late", .script = {.refunds = {slow_then_books}}},
    {.name = "refunded early, answered late", .script = {.refunds = {books_then_slow}}},
    {.name = "refunded, the answer lost", .script = {.refunds = {lost_after, lost_before, yes}}},
    {.name = "charge and refund without an answer",
     .script = {.charges = {books_then_slow}, .refunds = {silent, yes}}},
    {.name = "canceled after the refunds", .paused = "billing.cancel"},
    {.name = "paid back after the cancellation", .paused = "billing.refund"},
    {.name = "settled late", .paused = "orders.settle"},
};

std::uint64_t seed_of_this_run() {
  if (const char* given = std::getenv("ORDERFLOW_SEED")) return std::strtoull(given, nullptr, 10);
  return std::random_device{}();
}

}  // namespace

TEST_CASE("a cancellation at any moment, with a crash after any commit, ends right") {
  for (const Course& course : courses) {
    Shop shop;
    int number = 0;
    for (int cancel_at = never; cancel_at < steps_max; ++cancel_at) {
      for (int crash_at = never; crash_at < steps_max; crash_at += crash_stride) {
        run(shop, course, ++number, cancel_at, crash_at);
      }
    }
    for (const char* name : {"billing.assess", "billing.cancel", "billing.capture",
                             "billing.refund", "orders.settle", "users.statistics"}) {
      CAPTURE(course.name);
      CAPTURE(name);
      CHECK(shop.harness.status(name).record.rows() == 0);
    }
  }
}

TEST_CASE("partial refunds and a cancellation at any moment, with a crash, end right") {
  for (const Course& course : courses_with_refunds) {
    Shop shop;
    int number = 0;
    for (int refund_at = 2; refund_at < steps_max; refund_at += 2) {
      for (int cancel_at = never; cancel_at < steps_max; cancel_at += 2 * crash_stride) {
        for (int crash_at = never; crash_at < steps_max; crash_at += 3)
          run_with_refunds(shop, course, ++number, refund_at, cancel_at, crash_at);
      }
    }
    CAPTURE(course.name);
    CHECK(shop.harness.status("billing.refund").record.rows() == 0);
  }
}

TEST_CASE("many orders at once, with random answers, wishes, repeats and crashes, end right") {
  const std::uint64_t seed = seed_of_this_run();
  MESSAGE("seed " << seed);
  core::SeededRandom random(seed);
  const auto answers = [&](std::initializer_list<Answer> some) {
    Answers drawn;
    for (std::uint64_t count = random.below(4); count > 0; --count)
      drawn.push_back(std::data(some)[random.below(some.size())]);
    drawn.push_back(random.below(5) == 0 ? slow_then_books : yes);
    return drawn;
  };
  for (int round = 0; round < (sanitized ? 3 : 12); ++round) {
    Shop shop;
    std::vector<std::string> ids;
    std::vector<Buyer> buyers;
    std::vector<Clerk> clerks;
    std::optional<std::string_view> paused;
    for (int step = 0; step < 160; ++step) {
      const auto draw = random.below(16);
      if (draw < 4 && ids.size() < 20) {
        const std::int64_t amount = random.below(8) == 0 ? 0 : 1 + std::int64_t(random.below(5000));
        shop.gateway.follow(
            {.charges = answers({no, lost_before, lost_after, silent, books_then_slow}),
             .refunds = answers({lost_before, lost_after, silent, books_then_slow})});
        const int quantity = random.below(10) == 0 ? 11 : 1;
        const std::string user = "user-" + std::to_string(random.below(3));
        ids.push_back(shop.place(user, amount, quantity));
        buyers.emplace_back(shop, ids.back());
      } else if (draw < 7 && !ids.empty()) {
        Buyer& buyer = buyers[random.below(buyers.size())];
        if (!buyer.is_accepted()) buyer.ask();
      } else if (draw == 7) {
        shop.harness.restart();
        for (Buyer& buyer : buyers)
          buyer.ask_again_unless_answered();
        for (Clerk& clerk : clerks)
          clerk.ask_again_unless_answered();
      } else if (draw == 8) {
        static constexpr std::string_view names[] = {"billing.assess", "billing.cancel",
                                                     "billing.capture", "billing.refund",
                                                     "orders.settle"};
        if (paused) shop.set_paused(*paused, false);
        paused = names[random.below(std::size(names))];
        shop.set_paused(*paused, true);
      } else if (draw < 12 && !ids.empty()) {
        const std::string& id = ids[random.below(ids.size())];
        clerks.emplace_back(shop, id, 1 + std::int64_t(random.below(2000)),
                            "refund-" + std::to_string(clerks.size()));
        clerks.back().ask();
      }
      shop.go_on();
    }
    if (paused) shop.set_paused(*paused, false);
    for (int step = 0; step < 2000; ++step)
      shop.go_on();
    json spent = json::object();
    for (std::size_t i = 0; i < ids.size(); ++i) {
      CAPTURE(seed);
      CAPTURE(round);
      CAPTURE(json(shop.events(ids[i])).dump());
      const auto faults = shop.faults(ids[i], buyers[i].is_accepted());
      CHECK_MESSAGE(faults.empty(), json(faults).dump());
      const json order = shop.order(ids[i]);
      const std::string user = order["userId"];
      const bool was_paid = order["status"] == "PROCESSED" || order["status"] == "REFUNDED";
      const std::int64_t net =
          was_paid ? order["totalAmount"].get<std::int64_t>() - shop.paid_back(ids[i]) : 0;
      spent[user] = spent.value(user, std::int64_t{0}) + net;
    }
    for (const auto& [user, amount] : spent.items()) {
      const auto response =
          shop.harness.call(http::Method::get, "/v1/users/" + user + "/statistics");
      const json statistics = json::parse(response.body);
      CHECK(statistics["spent"].value("EUR", std::int64_t{0}) == amount);
      CHECK(statistics["ordersPlaced"].get<int>() == statistics["ordersProcessed"].get<int>() +
                                                         statistics["ordersCanceled"].get<int>() +
                                                         statistics["ordersDeclined"].get<int>());
    }
  }
}

TEST_CASE("a refund that the gateway refuses ends there, and the order stays paid") {
  Shop shop;
  shop.gateway.follow({.charges = {yes}, .refunds = {no}});
  const std::string id = shop.place("ann", 500);
  for (int i = 0; i < 20; ++i)
    shop.go_on();
  const auto call = shop.ask_to_cancel(id);
  for (int i = 0; i < 100; ++i)
    shop.go_on();
  CHECK(call->response->status == 202);
  CHECK(shop.harness.status("billing.refund").record.rows() == 0);
  CHECK(shop.status(id) == "PROCESSED");
  CHECK_FALSE(shop.order(id).contains("cancelRequestedAt"));
  CHECK(shop.payment(id)["status"] == "CAPTURED");
  CHECK_FALSE(shop.payment(id).contains("cancelRequested"));
  CHECK(shop.refunds(id)[0]["lastError"] == "the gateway refuses the refund: too_late");

  // It can be asked for again: a new refund, under a key that the gateway has not refused.
  shop.ask_to_cancel(id);
  shop.harness.run_until_idle();
  CHECK(shop.refunds(id)[0]["gatewayKey"] == id + ":refund:2");
}

TEST_CASE("a cancellation whose refund is refused keeps what was paid back in part") {
  Shop shop;
  const std::string id = shop.place("ann", 500);
  shop.harness.run_until_idle();
  shop.ask_to_refund(id, 200, "k-1");
  shop.harness.run_until_idle();
  shop.gateway.follow(id, {.charges = {yes}, .refunds = {no}});
  shop.ask_to_cancel(id);
  shop.harness.run_until_idle();
  CHECK(shop.status(id) == "PROCESSED");
  CHECK(shop.paid_back(id) == 200);
  shop.gateway.follow(id, {.charges = {yes}, .refunds = {yes}});
  shop.ask_to_cancel(id);
  shop.harness.run_until_idle();
  CHECK(shop.status(id) == "REFUNDED");
  CHECK(shop.paid_back(id) == 500);
  CHECK(shop.payment(id)["refundedAmount"] == 500);
}

TEST_CASE("a refund that an operator gives up is taken up again under its key, and made once") {
  Shop shop;
  // It is booked at the first try, and nobody hears of it.
  shop.gateway.follow({.charges = {yes}, .refunds = {lost_after, lost_before}});
  const std::string id = shop.place("ann", 500);
  shop.harness.run_until_idle();
  shop.ask_to_cancel(id);
  shop.harness.run_to_the_end();
  CHECK(shop.harness.status("billing.refund").record.dead == 1);
  CHECK(shop.payment(id)["status"] == "REFUNDING");
  shop.discard_dead("billing.refund");
  shop.harness.run_until_idle();
  CHECK(shop.payment(id)["status"] == "CAPTURED");
  CHECK_FALSE(shop.order(id).contains("cancelRequestedAt"));

  shop.gateway.follow(id, {.charges = {yes}, .refunds = {yes}});
  shop.ask_to_cancel(id);
  shop.harness.run_until_idle();
  CHECK(shop.refunds(id).size() == 1);
  CHECK(shop.gateway.refunds(id) == std::vector<std::int64_t>{500});
  CHECK(shop.status(id) == "REFUNDED");
  CHECK(shop.paid_back(id) == 500);
  CHECK(shop.payment(id)["refundedAmount"] == 500);
}

TEST_CASE("a capture that an operator gives up ends the order") {
  Shop shop;
  shop.gateway.follow({.charges = {lost_before}});
  const std::string declined = shop.place("ann", 500);
  const std::string canceled = shop.place("bob", 500);
  for (int i = 0; i < 20; ++i)
    shop.go_on();
  const auto call = shop.ask_to_cancel(canceled);
  shop.harness.run_to_the_end();
  CHECK(call->response->status == 202);
  CHECK(shop.harness.status("billing.capture").record.dead == 2);
  CHECK(shop.status(canceled) == "PENDING");

  shop.discard_dead("billing.capture");
  shop.harness.run_until_idle();
  CHECK(shop.status(declined) == "PAYMENT_DECLINED");
  CHECK(shop.order(declined)["reasons"] == json{"discarded"});
  CHECK(shop.status(canceled) == "CANCELED");
  CHECK(shop.order(canceled)["reasons"] == json{"discarded"});
  CHECK(shop.faults(declined, false).empty());
  CHECK(shop.faults(canceled, true).empty());
}

}  // namespace orderflow::test
