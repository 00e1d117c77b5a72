#include "settings.hpp"

#include "config/document.hpp"

#include <doctest/doctest.h>

namespace orderflow::billing {
namespace {

using namespace std::chrono_literals;
using Overrides = std::vector<config::Override>;

Settings settings_with(Overrides overrides) {
  config::Document document({.overrides = std::move(overrides)});
  Settings settings = read_settings(document.section("billing"));
  document.check();
  return settings;
}

std::string problems_with(Overrides overrides) {
  try {
    settings_with(std::move(overrides));
  } catch (const config::Invalid& e) {
    return e.what();
  }
  return {};
}

bool names(const std::string& problems, std::string_view word) {
  return problems.find(word) != std::string::npos;
}

}  // namespace

TEST_CASE("billing has settings for a laptop by default") {
  const Settings settings = settings_with({});
  CHECK(settings.fraud.max_order_amount ==
        AmountLimits{{"EUR", 1'000'000}, {"GBP", 1'000'000}, {"USD", 1'000'000}});
  CHECK(settings.fraud.window == 60s);
  CHECK(settings.fraud.max_orders == 20);
  CHECK(settings.fraud.max_amount.empty());
  CHECK(settings.fraud.blocked_users.empty());
  CHECK(settings.fraud.max_quantity == 1000);
  CHECK(settings.gateway.kind == "simulated");
  CHECK(settings.gateway.latency == 0ms);
  CHECK(settings.capture.deadline == 30s);
  CHECK(settings.capture.concurrency == 64);
  CHECK(settings.capture.retry.first_delay == 200ms);
  CHECK(settings.capture.retry.factor == 2.0);
  CHECK(settings.capture.retry.delay_max == 5min);
  CHECK(settings.capture.retry.attempts_max == 12);
  CHECK(settings.refund.deadline == 30s);
  CHECK(settings.refund.concurrency == 64);
  CHECK(settings.refund.retry.attempts_max == 12);
  CHECK(settings.idempotency_keep_for == 24h);
}

TEST_CASE("every setting of billing can be given") {
  const Settings settings = settings_with({{"billing.fraud.maxOrderAmount", R"({"JPY": 5})"},
                                           {"billing.fraud.windowSeconds", "86400"},
                                           {"billing.fraud.maxOrders", "10000"},
                                           {"billing.fraud.maxAmount", R"({"CHF": 7})"},
                                           {"billing.fraud.blockedUsers", "bob,eve"},
                                           {"billing.fraud.blockedProducts", "weapon"},
                                           {"billing.fraud.blockedEmailDomains", "Spam.Example"},
                                           {"billing.fraud.maxQuantity", "3"},
                                           {"billing.gateway.kind", "simulated"},
                                           {"billing.gateway.latencyMs", "10000"},
                                           {"billing.capture.deadlineMs", "1000"},
                                           {"billing.capture.concurrency", "2"},
                                           {"billing.capture.retry.firstDelayMs", "10"},
                                           {"billing.capture.retry.factor", "1.5"},
                                           {"billing.capture.retry.delayMaxMs", "20"},
                                           {"billing.capture.retry.attemptsMax", "3"}});
  CHECK(settings.fraud.max_order_amount == AmountLimits{{"JPY", 5}});
  CHECK(settings.fraud.window == 24h);
  CHECK(settings.fraud.max_orders == 10'000);
  CHECK(settings.fraud.max_amount == AmountLimits{{"CHF", 7}});
  CHECK(settings.fraud.blocked_users == Names{"bob", "eve"});
  CHECK(settings.fraud.blocked_products == Names{"weapon"});
  CHECK(settings.fraud.blocked_email_domains == Names{"spam.example"});
  CHECK(settings.fraud.max_quantity == 3);
  CHECK(settings.gateway.latency == 10s);
  CHECK(settings.capture.deadline == 1s);
  CHECK(settings.capture.concurrency == 2);
  CHECK(settings.capture.retry.first_delay == 10ms);
  CHECK(settings.capture.retry.factor == 1.5);
  CHECK(settings.capture.retry.delay_max == 20ms);
  CHECK(settings.capture.retry.attempts_max == 3);
}

TEST_CASE("a limit in something that is not a currency stops the start, by the path of its key") {
  for (const char* path : {"billing.fraud.maxOrderAmount", "billing.fraud.maxAmount"}) {
    for (const char* limits :
         {R"({"EURO": 1})", R"({"eur": 1})", R"({"XYZ": 1})", R"({"EUR": -1})"}) {
      CAPTURE(limits);
      CHECK(names(problems_with({{path, limits}}), path));
    }
  }
}

TEST_CASE("a blocked domain that could never match stops the start") {
  for (const char* domain : {"a@example.com", "@example.com", ".example.com", "example.com."}) {
    CAPTURE(domain);
    const std::string problems = problems_with({{"billing.fraud.blockedEmailDomains", domain}});
    CHECK(names(problems, "billing.fraud.blockedEmailDomains"));
    CHECK(names(problems, domain));
  }
}

TEST_CASE("an impossible number or an unknown gateway stops the start") {
  const Overrides impossible{
      {"billing.fraud.windowSeconds", "0"},      {"billing.fraud.windowSeconds", "86401"},
      {"billing.fraud.maxOrders", "0"},          {"billing.fraud.maxOrders", "10001"},
      {"billing.gateway.kind", "bank"},          {"billing.gateway.latencyMs", "10001"},
      {"billing.capture.retry.attemptsMax", "0"}};
  for (const auto& one : impossible) {
    CAPTURE(one.path);
    CAPTURE(one.value);
    CHECK(names(problems_with({one}), one.path));
  }
}

}  // namespace orderflow::billing
