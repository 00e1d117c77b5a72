#include "shop.hpp"

#include "billing/module_over_gateway.hpp"
#include "events/operations/operations.hpp"
#include "orders/module.hpp"
#include "users/module.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr const char* settings = R"({
  "billing": {
    "fraud": {"maxOrders": 10000, "maxQuantity": 10},
    "capture": {"deadlineMs": 3000, "retry": {"firstDelayMs": 100, "attemptsMax": 20}},
    "refund": {"deadlineMs": 3000, "retry": {"firstDelayMs": 100, "attemptsMax": 20}}
  }
})";

const events::Actor actor{"ada", "call-1"};

std::vector<std::unique_ptr<host::Module>> modules_over(BookkeepingGateway& gateway) {
  std::vector<std::unique_ptr<host::Module>> modules;
  modules.push_back(orders::make_module());
  modules.push_back(billing::make_module_over(gateway));
  modules.push_back(users::make_module());
  return modules;
}

}  // namespace

Shop::Shop() : harness(modules_over(gateway), settings) {
  gateway.keep_time_by(harness.clock);
}

std::string Shop::place(const std::string& user, std::int64_t amount, int quantity) {
  const json body = {
      {"userId", user},
      {"items", {{{"productId", "mug"}, {"quantity", quantity}, {"price", amount}}}}};
  const auto response = harness.call(http::Method::post, "/v1/orders", body.dump());
  if (response.status != 201) throw std::runtime_error(response.body);
  return json::parse(response.body)["id"];
}

Shop::Call Shop::ask_to_cancel(const std::string& order_id) {
  return harness.open(http::Method::post, "/v1/orders/" + order_id + "/cancel");
}

Shop::Call Shop::ask_to_refund(const std::string& order_id, std::int64_t amount,
                               const std::string& key) {
  const json paid = payment(order_id);
  if (paid.is_null()) return {};
  const json body = {{"amount", amount}};
  return harness.open(http::Method::post,
                      "/v1/payments/" + paid["id"].get<std::string>() + "/refunds", body.dump(),
                      {{"idempotency-key", key}});
}

json Shop::order(const std::string& order_id) {
  return json::parse(harness.call(http::Method::get, "/v1/orders/" + order_id).body);
}

json Shop::payment(const std::string& order_id) {
  const auto response = harness.call(http::Method::get, "/v1/payments?orderId=" + order_id);
  const json payments = json::parse(response.body)["payments"];
  return payments.size() == 1 ? payments[0] : json();
}

json Shop::refunds(const std::string& order_id) {
  const json paid = payment(order_id);
  if (!paid.contains("refunds")) return json::array();
  const auto response = harness.call(http::Method::get, paid["refunds"].get<std::string>());
  return json::parse(response.body)["refunds"];
}

std::int64_t Shop::paid_back(const std::string& order_id) {
  const auto amounts = gateway.refunds(order_id);
  return std::accumulate(amounts.begin(), amounts.end(), std::int64_t{0});
}

std::vector<std::string> Shop::events(const std::string& order_id) {
  const auto response = harness.call(http::Method::get, "/v1/orders/" + order_id + "/timeline");
  const json timeline = json::parse(response.body);
  std::vector<std::string> kinds;
  for (const json& event : timeline["events"])
    kinds.push_back(event["kind"]);
  return kinds;
}

void Shop::go_on() {
  if (harness.step()) return;
  harness.clock.advance(250ms);
}

void Shop::set_paused(std::string_view subscription, bool paused) {
  harness.write(events::event_owner, [&](events::Turn& turn) {
    harness.node().dispatcher().operations().set_paused(turn.db().connection(), actor, subscription,
                                                        paused);
  });
}

void Shop::discard_dead(std::string_view subscription) {
  const auto rows = harness.rows(events::event_owner,
                                 "SELECT seq FROM event_delivery WHERE state = 'dead' AND"
                                 " subscription = '" +
                                     std::string(subscription) + "'");
  for (const std::string& seq : rows) {
    harness.write(events::event_owner, [&](events::Turn& turn) {
      const events::DeadLetterId id{std::string(subscription), events::Seq{std::stoll(seq)}};
      const auto done = harness.node().dispatcher().operations().discard(
          turn.db().connection(), actor, id, "the buyer has called");
      if (!done) throw std::runtime_error(done.error().detail);
    });
  }
}

std::vector<std::string> Shop::faults(const std::string& order_id, bool was_accepted) {
  std::vector<std::string> faults;
  const auto expect = [&](bool holds, std::string what) {
    if (!holds) faults.push_back(std::move(what));
  };
  const json shown = order(order_id);
  const std::string status = shown["status"];
  const std::int64_t amount = shown["totalAmount"];
  const auto charges = gateway.charges(order_id);
  const std::int64_t returned = paid_back(order_id);
  const auto published = events(order_id);
  const std::string published_text = json(published).dump();
  const bool was_paid = status == "PROCESSED" || status == "REFUNDED";
  const auto times = [&](std::string_view kind) { return std::ranges::count(published, kind); };

  const bool wanted_canceled = times("order.cancel_requested") > 0;
  expect(wanted_canceled || !was_accepted, "an accepted cancellation is lost");
  expect(times("order.cancel_requested") <= 1, "cancellations: " + published_text);
  expect(status != "PENDING", "is PENDING still");
  expect(charges.size() <= 1, "was charged more than once");
  expect(returned <= amount, "was paid back " + std::to_string(returned));
  expect(charges.size() == (was_paid && amount > 0 ? 1U : 0U),
         status + " with " + std::to_string(charges.size()) + " charges");
  expect(returned == 0 || was_paid, status + " and paid back " + std::to_string(returned));
  expect(amount == 0 || (status == "REFUNDED") == (returned == amount),
         status + " with " + std::to_string(returned) + " paid back");
  expect(std::ranges::all_of(charges, [&](auto one) { return one == amount; }), "wrong charge");
  expect(!(wanted_canceled && status == "PROCESSED"), "was to be canceled and is PROCESSED");
  expect(wanted_canceled || status != "CANCELED", status + " though nobody asked");
  expect(wanted_canceled || status != "REFUNDED" || times("payment.refund_requested") > 0,
         status + " though nobody asked");
  expect(times("order.processed") == 1, "wrong number of outcomes: " + published_text);
  expect(status != "REFUNDED" || times("payment.refunded") > 0, "refunds: " + published_text);
  compare_books(order_id, faults);

  const std::map<std::string, std::vector<std::string>> states{
      {"PROCESSED", {"CAPTURED"}},
      {"REFUNDED", {"REFUNDED"}},
      {"CANCELED", {"CANCELED", "DECLINED"}},
      {"PAYMENT_DECLINED", {"DECLINED"}},
      {"CANCELED_FRAUD", {"REFUSED"}}};
  const auto state = payment(order_id).value("status", "no payment");
  const auto allowed = states.find(status);
  expect(allowed != states.end() && std::ranges::count(allowed->second, state) == 1,
         status + " with a payment that is " + state);
  return faults;
}

void Shop::compare_books(const std::string& order_id, std::vector<std::string>& faults) {
  std::vector<std::int64_t> made;
  for (const json& refund : refunds(order_id)) {
    if (refund["status"] == "MADE") made.push_back(refund["amount"]);
    if (refund["status"] == "REQUESTED") faults.push_back("still open: " + refund.dump());
  }
  auto theirs = gateway.refunds(order_id);
  std::ranges::sort(made);
  std::ranges::sort(theirs);
  if (made != theirs) {
    faults.push_back("our refunds are " + json(made).dump() + ", the gateway's " +
                     json(theirs).dump());
  }
  const json paid = payment(order_id);
  const std::int64_t counted = paid.is_null() ? 0 : paid.value("refundedAmount", std::int64_t{0});
  if (counted != paid_back(order_id)) {
    faults.push_back("the payment counts " + std::to_string(counted) + " as paid back");
  }
  if (!paid.is_null() && paid.value("refundingAmount", std::int64_t{0}) != 0) {
    faults.push_back("something is still promised: " + paid.dump());
  }
}

}  // namespace orderflow::test
