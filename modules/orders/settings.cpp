#include "settings.hpp"

namespace orderflow::orders {

using namespace std::chrono_literals;

Settings read_settings(const config::Section& section) {
  const auto active = core::Currency::active_codes();
  const std::string code = section.choice("defaultCurrency", "EUR", {active.begin(), active.end()});
  const auto idempotency = section.section("idempotency");
  const auto wait = section.section("wait");
  return {
      .default_currency = *core::Currency::parse(code),
      .idempotency_keep_for = std::chrono::hours(idempotency.integer("keepHours", 24, 24, 8'760)),
      .wait_max = std::chrono::seconds(wait.integer("maxSeconds", 60, 1, 600)),
      .waiters_max = static_cast<std::size_t>(wait.integer("maxWaiters", 256, 0, 100'000)),
      .redrive_after = section.milliseconds("redriveAfterMs", 10min, 1s, 24h)};
}

}  // namespace orderflow::orders
