// Orders paid at a gateway that fails at every third call, by a node that is killed again and
// again, while the shop pays back some of them there itself: in the end both sides' books are the
// same to the cent.
//
//   ORDERFLOW_ORDERS=5000 ORDERFLOW_KILLS=10 ORDERFLOW_SEED=7 gateway_test -tc="*to the cent*"
//
// sets how many, and repeats what is ordered and how the gateway fails.
#include "acceptance/support/doctor.hpp"
#include "acceptance/support/orders.hpp"
#include "card_gateway.hpp"
#include "ledger.hpp"
#include "shoppers.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr auto patience = std::chrono::seconds(sanitized ? 900 : 300);

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::stoull(text);
}

/// Short times, so that a lot happens.
Settings impatient(Settings settings) {
  const std::string deadline_ms = sanitized ? "3000" : "1000";
  for (const std::string part : {"CAPTURE", "REFUND"}) {
    settings.emplace_back("ORDERFLOW_BILLING_" + part + "_DEADLINE_MS", deadline_ms);
    settings.emplace_back("ORDERFLOW_BILLING_" + part + "_RETRY_FIRST_DELAY_MS", "100");
    settings.emplace_back("ORDERFLOW_BILLING_" + part + "_RETRY_DELAY_MAX_MS", "2000");
  }
  settings.emplace_back("ORDERFLOW_BILLING_RECONCILE_EVERY_MS", "500");
  settings.emplace_back("ORDERFLOW_BILLING_RECONCILE_OLDER_THAN_MS", "2000");
  return settings;
}

bool is_idle(const json& subscription) {
  for (const char* metric : {"lag", "retrying", "parked", "dead", "inFlight"}) {
    if (subscription.value(metric, 0) != 0) return false;
  }
  return true;
}

/// Whether every order is final and nothing is left to be paid back.
bool is_settled(HttpClient& client) {
  if (!get(client, "/v1/orders?status=PENDING&limit=1").at("orders").empty()) return false;
  for (const char* name :
       {"billing.capture", "billing.refund", "billing.follow", "orders.settle"}) {
    if (!is_idle(get(client, std::string("/v1/admin/subscriptions/") + name))) return false;
  }
  return true;
}

bool promises_nothing(HttpClient& client) {
  for (const json& payment : all_of(client, "/v1/payments", "payments")) {
    if (payment.value("refundingAmount", 0) != 0) return false;
  }
  return true;
}

void print_report(std::uint64_t kills, const Shoppers& shoppers, const Ledger& ledger,
                  const json& books) {
  const auto row = [](const std::string& name, std::int64_t value) {
    std::printf("%-34s %10lld\n", name.c_str(), static_cast<long long>(value));
  };
  const auto count = [](std::size_t value) { return static_cast<std::int64_t>(value); };
  row("kills", static_cast<std::int64_t>(kills));
  row("orders attempted", count(shoppers.placed()));
  row("requests cut off by a kill", count(shoppers.lost()));
  row("cancellations asked for", count(shoppers.cancellations()));
  row("parts asked back", count(shoppers.refunds()));
  for (const auto& [status, payments] : ledger.by_status)
    row("payments " + status, count(payments));
  row("charged twice", count(ledger.charged_twice));
  row("captured by our books, cents", ledger.captured);
  row("charged by the gateway's, cents", ledger.charged);
  row("refunded by our books, cents", ledger.refunded);
  row("paid back by the gateway's, cents", ledger.paid_back);
  for (const auto& [kind, requests] : books.at("requests").items())
    row("gateway requests: " + kind, requests);
  for (const auto& [kind, faults] : books.at("faults").items())
    row("gateway faults: " + kind, faults);
  row("gateway events taken", books.at("webhooks").at("taken"));
  std::fflush(stdout);
}

TEST_CASE("the books of both sides are the same to the cent whatever fails and however often") {
  const std::uint64_t orders = number_from("ORDERFLOW_ORDERS", sanitized ? 300 : 5'000);
  const std::uint64_t kills = number_from("ORDERFLOW_KILLS", sanitized ? 3 : 10);
  const std::uint64_t seed = number_from("ORDERFLOW_SEED", std::random_device()());
  std::printf("ORDERFLOW_SEED=%llu\n", static_cast<unsigned long long>(seed));
  TemporaryFolder folder;
  CardGatewayProcess gateway({.seed = seed});
  gateway.behave({{"fault_rate", 1.0 / 3},
                  {"late_ms", sanitized ? 4'000 : 1'500},
                  {"webhook_copies", 2},
                  {"search_lag_ms", 300}});
  const Settings settings = impatient(gateway.settings());

  auto node = std::make_unique<Node>(folder.path(), settings);
  gateway.set_node(*node);
  int refunded_there = 0;
  Shoppers shoppers(seed, orders, 16);
  shoppers.serve(node->port());
  for (std::uint64_t kill = 1; kill <= kills; ++kill) {
    shoppers.wait_for(orders * kill / (kills + 1), patience);
    gateway.settle();
    refunded_there += gateway.act("refund_some", {{"count", orders / 100}}).at("made").get<int>();
    node->kill();
    node = std::make_unique<Node>(folder.path(), settings);
    gateway.set_node(*node);
    shoppers.serve(node->port());
  }
  shoppers.wait_for(orders, patience);

  HttpClient client(node->port());
  const auto all_settled = [&] {
    gateway.settle();
    const json webhooks = gateway.books().at("webhooks");
    return webhooks.at("sent") == webhooks.at("taken") && is_settled(client) &&
           promises_nothing(client);
  };
  wait_until("every order is final and every refund made", all_settled, patience);
  const json books = gateway.books();
  const Ledger ledger = compare_books(client, books);
  print_report(kills, shoppers, ledger, books);
  std::printf("%-34s %10d\n", "paid back by the shop there", refunded_there);

  CHECK(ledger.payments == orders);
  CHECK(ledger.charged_twice == 0);
  CHECK(ledger.captured == ledger.charged);
  CHECK(ledger.refunded == ledger.paid_back);
  for (const std::string& difference : ledger.differences)
    FAIL_CHECK(difference);
  node->stop();
  check_sound(folder.path());
}

}  // namespace
}  // namespace orderflow::test
