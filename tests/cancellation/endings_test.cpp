// Refunds that the gateway refuses, and refunds and captures that an operator gives up.
#include "shop.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace orderflow::test {
namespace {

using enum Answer;
using nlohmann::json;

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
  // It is booked at the first attempt, and the answer is lost.
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

}  // namespace
}  // namespace orderflow::test
