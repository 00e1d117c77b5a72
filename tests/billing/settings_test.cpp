#include "settings.hpp"
#include "module.hpp"

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
  CHECK(settings.capture.concurrency == 256);
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

TEST_CASE("a limit in a withdrawn currency is kept: earlier orders may be judged by it") {
  CHECK(settings_with({{"billing.fraud.maxOrderAmount", R"({"BGN": 5})"}})
            .fraud.max_order_amount.at("BGN") == 5);
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

namespace {

Settings card_settings_with(Overrides overrides, bool has_key = true) {
  std::vector<std::string> environment{"ORDERFLOW_BILLING_GATEWAY_KIND=card"};
  if (has_key) environment.emplace_back("ORDERFLOW_BILLING_GATEWAY_CARD_SECRET_KEY=sk_test_1");
  config::Document document(
      {.environment = std::move(environment), .overrides = std::move(overrides)});
  Settings settings = read_settings(document.section("billing"));
  document.check();
  return settings;
}

std::string card_problems_with(Overrides overrides, bool has_key = true) {
  try {
    card_settings_with(std::move(overrides), has_key);
  } catch (const config::Invalid& e) {
    return e.what();
  }
  return {};
}

}  // namespace

TEST_CASE("a card gateway needs its key alone, and is spoken to over https") {
  const Settings settings = card_settings_with({});
  CHECK(settings.gateway.kind == "card");
  CHECK(settings.gateway.card.secret_key == "sk_test_1");
  CHECK(settings.gateway.card.base_url == "https://api.stripe.com");
  CHECK(settings.gateway.card.key_age_max == 24h);
  CHECK(settings.reconcile.every == 1min);
  CHECK(settings.reconcile.older_than == 2min);
  CHECK(card_settings_with({{"billing.gateway.card.baseUrl", "http://127.0.0.1:1/v/"}})
            .gateway.card.base_url == "http://127.0.0.1:1/v");
  CHECK(card_problems_with({{"billing.gateway.card.baseUrl", "http://localhost:8080"}}).empty());
  CHECK(card_problems_with({{"billing.gateway.card.baseUrl", "http://[::1]:8080"}}).empty());
}

TEST_CASE("a card gateway without its key is refused by the setting's name") {
  const std::string problems = card_problems_with({}, false);
  CHECK(names(problems, "billing.gateway.card.secretKey"));
  CHECK(names(problems, "ORDERFLOW_BILLING_GATEWAY_CARD_SECRET_KEY"));
}

TEST_CASE("an address where cards would be seen by others is refused") {
  for (const std::string url : {"http://api.stripe.com", "http://10.0.0.1", "ftp://127.0.0.1",
                                "api.stripe.com", "https://", "https://user:secret@api.stripe.com",
                                "https://api.stripe.com/?a=b", "http://127.0.0.1.example.com"}) {
    CAPTURE(url);
    CHECK(names(card_problems_with({{"billing.gateway.card.baseUrl", url}}),
                "billing.gateway.card.baseUrl"));
  }
}

TEST_CASE("a certificate file that is missing or holds none is refused by the setting's name") {
  for (const std::string file : {"/nowhere/ca.pem", "/dev/null"}) {
    CAPTURE(file);
    CHECK(names(card_problems_with({{"billing.gateway.card.caFile", file}}),
                "billing.gateway.card.caFile"));
  }
}

TEST_CASE("what is wrong with the card gateway does not matter where another one is used") {
  CHECK(problems_with({{"billing.gateway.card.baseUrl", "http://api.stripe.com"}}).empty());
}

TEST_CASE("a module whose start has failed before it was installed can be stopped") {
  make_module()->stop();
}

}  // namespace orderflow::billing
