#include "gateway/simulated_gateway.hpp"

#include "core/digest.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace orderflow::billing {
namespace {

constexpr std::uint64_t slow_ms_max = 60'000;
constexpr core::Duration never = std::chrono::hours{24};  // behind every deadline
constexpr std::size_t reference_digits = 24;

/// How the gateway behaves for one payment method.
struct Script {
  bool answers = true;
  core::Duration delay{0};
  std::uint64_t failing_attempts = 0;
  std::string decline_code;  // empty: approved
  std::uint64_t failing_refunds = 0;
  bool refuses_refund = false;
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
  } else if (method == "sim-refund-refuse") {
    script.refuses_refund = true;
  } else if (const auto refunds = number_behind("sim-refund-fail-", method)) {
    script.failing_refunds = *refunds;
  } else if (const auto attempts = number_behind("sim-fail-", method)) {
    script.failing_attempts = *attempts;
  } else if (const auto delay_ms = number_behind("sim-slow-", method)) {
    script.delay = std::chrono::milliseconds(std::min(*delay_ms, slow_ms_max));
  }
  return script;
}

/// Names what the gateway did under a key: the same at every attempt.
std::string reference_of(std::string_view prefix, std::string_view idempotency_key) {
  return std::string(prefix) + core::sha256_hex(idempotency_key).substr(0, reference_digits);
}

void fail_attempts(int attempt, std::uint64_t failing) {
  if (static_cast<std::uint64_t>(attempt) > failing) return;
  throw GatewayError("the gateway failed at attempt " + std::to_string(attempt));
}

}  // namespace

boost::asio::awaitable<void> SimulatedGateway::answer_after(core::Duration delay,
                                                            core::Duration deadline,
                                                            events::Timers& timers) const {
  const core::Duration left = deadline - clock_.steady();
  const core::Duration wait = std::min(latency_ + delay, left);
  if (wait > core::Duration::zero()) co_await events::sleep_until(timers, clock_.now() + wait);
  if (wait == left) throw GatewayError("the gateway did not answer in time");
}

boost::asio::awaitable<ChargeResult> SimulatedGateway::charge(const ChargeRequest& request) {
  const Script script = script_of(request.payment_method);
  co_await answer_after(script.answers ? script.delay : never, request.deadline, *request.timers);
  fail_attempts(request.attempt, script.failing_attempts);
  if (!script.decline_code.empty()) co_return Declined{script.decline_code};
  co_return Approved{reference_of("sim_", request.idempotency_key)};
}

boost::asio::awaitable<RefundResult> SimulatedGateway::refund(const RefundRequest& request) {
  const Script script = script_of(request.payment_method);
  co_await answer_after(script.answers ? script.delay : never, request.deadline, *request.timers);
  fail_attempts(request.attempt, script.failing_refunds);
  if (script.refuses_refund) co_return RefundRefused{"refund_refused"};
  co_return RefundMade{reference_of("simr_", request.idempotency_key)};
}

}  // namespace orderflow::billing
