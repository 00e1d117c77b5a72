// Every interleaving of a cancellation with what billing does to an order, and with a crash after
// any commit, ends in a right state: see `Shop::faults`.
#include "people.hpp"
#include "shop.hpp"

#include "support/sanitized.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::test {
namespace {

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

}  // namespace

TEST_CASE("a cancellation at any moment, with a crash after any commit, ends in a correct state") {
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

TEST_CASE(
    "partial refunds and a cancellation at any moment, with a crash, end in a correct state") {
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

}  // namespace orderflow::test
