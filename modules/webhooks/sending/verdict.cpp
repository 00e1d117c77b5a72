#include "sending/verdict.hpp"

#include <algorithm>
#include <chrono>

namespace orderflow::webhooks {
namespace {

std::string failure_of(const WebhookResponse& response) {
  if (!response.answer) return response.error.empty() ? "no answer" : response.error;
  const unsigned status = response.answer->status;
  std::string error = "answered " + std::to_string(status);
  if (status >= 300 && status < 400) error += ", a redirect, which is not followed";
  return error;
}

core::Duration jittered(core::Duration delay, core::Random& random) {
  return delay + core::Duration(random.below(static_cast<std::uint64_t>(delay.count() / 5 + 1)));
}

}  // namespace

Verdict judge(const WebhookResponse& response, int number, core::Timestamp now,
              const Settings& settings, core::Random& random) {
  const unsigned status = response.answer ? response.answer->status : 0;
  if (status >= 200 && status < 300) return {.kind = Verdict::Kind::accepted};
  if (status == 410) return {.kind = Verdict::Kind::gone, .error = failure_of(response)};

  Verdict verdict{.kind = Verdict::Kind::given_up, .error = failure_of(response)};
  if (status == 429 || status == 503) {
    verdict.rests_until = outbound::retry_after(*response.answer, now, rest_asked_for_max);
  }
  const auto failed = static_cast<std::size_t>(std::max(number, 1));
  if (failed > settings.retry_delays.size()) return verdict;
  verdict.kind = Verdict::Kind::again;
  verdict.due_at = now + jittered(settings.retry_delays[failed - 1], random);
  if (verdict.rests_until) verdict.due_at = std::max(verdict.due_at, *verdict.rests_until);
  return verdict;
}

}  // namespace orderflow::webhooks
