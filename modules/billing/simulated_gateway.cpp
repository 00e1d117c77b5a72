#include "simulated_gateway.hpp"

#include "core/digest.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace orderflow::billing {
namespace {

constexpr std::uint64_t slow_ms_max = 60'000;
constexpr std::size_t reference_digits = 24;

/// How the gateway behaves for one payment method.
struct Script {
  bool answers = true;
  core::Duration delay{0};
  std::uint64_t failing_attempts = 0;
  std::string decline_code;  // empty: approved
};

/// The number behind `prefix`, where the text is that and nothing else. One too large to be held is
/// the largest.
std::optional<std::uint64_t> number_behind(std::string_view prefix,
                                           std::string_view text) noexcept {
  if (!text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) return std::nullopt;
  return error == std::errc{} ? number : UINT64_MAX;
}

Script script_of(std::string_view method) {
  constexpr std::string_view coded_decline = "sim-decline:";
  Script script;
  if (method == "sim-timeout") {
    script.answers = false;
  } else if (method == "sim-decline" || method == coded_decline) {
    script.decline_code = "card_declined";
  } else if (method.starts_with(coded_decline)) {
    script.decline_code = method.substr(coded_decline.size());
  } else if (const auto attempts = number_behind("sim-fail-", method)) {
    script.failing_attempts = *attempts;
  } else if (const auto delay_ms = number_behind("sim-slow-", method)) {
    script.delay = std::chrono::milliseconds(std::min(*delay_ms, slow_ms_max));
  }
  return script;
}

}  // namespace

boost::asio::awaitable<ChargeResult> SimulatedGateway::charge(const ChargeRequest& request) {
  const Script script = script_of(request.payment_method);
  const core::Timestamp now = clock_.now();
  const core::Timestamp answer_at = now + latency_ + script.delay;
  const bool answers_in_time = script.answers && answer_at < request.deadline;
  const core::Timestamp end = answers_in_time ? answer_at : request.deadline;
  if (end > now) co_await events::sleep_until(*request.timers, end);
  if (!answers_in_time) throw GatewayError("the gateway did not answer in time");
  if (static_cast<std::uint64_t>(request.attempt) <= script.failing_attempts) {
    throw GatewayError("the gateway failed at attempt " + std::to_string(request.attempt));
  }
  if (!script.decline_code.empty()) co_return Declined{script.decline_code};
  co_return Approved{"sim_" +
                     core::sha256_hex(request.idempotency_key).substr(0, reference_digits)};
}

}  // namespace orderflow::billing
