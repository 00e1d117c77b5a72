#include "settings.hpp"

#include "config/problem.hpp"
#include "core/money.hpp"
#include "core/text.hpp"

#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

namespace orderflow::billing {
namespace {

using namespace std::chrono_literals;
using Numbers = std::map<std::string, std::int64_t>;

constexpr std::size_t list_entries_max = 100'000;

AmountLimits read_limits(const config::Section& fraud, std::string_view key,
                         const Numbers& default_value) {
  const auto currencies = core::Currency::known_codes();
  const config::IntegersRule rule{.name = {.allowed = {currencies.begin(), currencies.end()}}};
  const Numbers limits = fraud.integers_by_name(key, default_value, rule);
  return {limits.begin(), limits.end()};
}

Names read_names(const config::Section& fraud, std::string_view key, std::size_t length_max) {
  const config::TextsRule rule{.max_count = list_entries_max,
                               .each = {.min_length = 1, .max_length = length_max}};
  const auto names = fraud.texts(key, {}, rule);
  return {names.begin(), names.end()};
}

bool can_match(const std::string& domain) {
  return domain.find('@') == std::string::npos && !domain.starts_with('.') &&
         !domain.ends_with('.');
}

Names read_domains(const config::Section& fraud) {
  Names domains;
  std::vector<config::Problem> problems;
  for (const std::string& domain : read_names(fraud, "blockedEmailDomains", 253)) {
    if (!can_match(domain)) {
      problems.push_back({"settings", "billing.fraud.blockedEmailDomains",
                          "found " + config::shown(domain) +
                              ", allowed is a domain such as example.com, without @ and without a "
                              "dot at its ends"});
    }
    domains.insert(core::lower_case(domain));
  }
  if (!problems.empty()) throw config::Invalid(std::move(problems));
  return domains;
}

FraudRules read_fraud_rules(const config::Section& fraud) {
  const Numbers order_limits{{"EUR", 1'000'000}, {"USD", 1'000'000}, {"GBP", 1'000'000}};
  return {.max_order_amount = read_limits(fraud, "maxOrderAmount", order_limits),
          .window = std::chrono::seconds(fraud.integer("windowSeconds", 60, 1, 86'400)),
          .max_orders = fraud.integer("maxOrders", 20, 1, 10'000),
          .max_amount = read_limits(fraud, "maxAmount", {}),
          .blocked_users = read_names(fraud, "blockedUsers", 128),
          .blocked_products = read_names(fraud, "blockedProducts", 128),
          .blocked_email_domains = read_domains(fraud),
          .max_quantity = fraud.integer("maxQuantity", 1'000, 1, 10'000)};
}

AttemptSettings read_attempts(const config::Section& attempts, std::int64_t concurrency) {
  const auto retry = attempts.section("retry");
  return {.deadline = attempts.milliseconds("deadlineMs", 30s, 100ms, 10min),
          .concurrency =
              static_cast<std::size_t>(attempts.integer("concurrency", concurrency, 1, 1'024)),
          .retry = {.first_delay = retry.milliseconds("firstDelayMs", 200ms, 1ms, 1h),
                    .factor = retry.number("factor", 2.0, 1.0, 10.0),
                    .delay_max = retry.milliseconds("delayMaxMs", 5min, 1ms, 24h),
                    .attempts_max = static_cast<int>(retry.integer("attemptsMax", 12, 1, 100))}};
}

GatewaySettings read_gateway(const config::Section& gateway) {
  const std::string kind = gateway.choice("kind", "simulated", {"simulated", "card"});
  return {.kind = kind,
          .latency = gateway.milliseconds("latencyMs", 0ms, 0ms, 10s),
          .card = read_card_settings(gateway.section("card"), kind == "card")};
}

}  // namespace

Settings read_settings(const config::Section& billing) {
  const auto reconcile = billing.section("reconcile");
  return {.fraud = read_fraud_rules(billing.section("fraud")),
          .gateway = read_gateway(billing.section("gateway")),
          .capture = read_attempts(billing.section("capture"), 256),
          .refund = read_attempts(billing.section("refund"), 64),
          .reconcile = {.every = reconcile.milliseconds("everyMs", 1min, 100ms, 24h),
                        .older_than = reconcile.milliseconds("olderThanMs", 2min, 100ms, 24h)},
          .idempotency_keep_for = std::chrono::hours(
              billing.section("idempotency").integer("keepHours", 24, 24, 8'760))};
}

}  // namespace orderflow::billing
