#include "sending/verdict.hpp"

#include <algorithm>
#include <chrono>

namespace orderflow::webhooks {
namespace {

std::string failure_of(const Outcome& outcome) {
  if (!outcome.answer) return outcome.error.empty() ? "no answer" : outcome.error;
  const unsigned status = outcome.answer->status;
  std::string error = "answered " + std::to_string(status);
  if (status >= 300 && status < 400) error += ", a redirect, which is not followed";
  return error;
}

core::Duration jittered(core::Duration delay, core::Random& random) {
  return delay + core::Duration(random.below(static_cast<std::uint64_t>(delay.count() / 5 + 1)));
}

}  // namespace

Verdict judge(const Outcome& outcome, int number, core::Timestamp now, const Settings& settings,
              core::Random& random) {
  const unsigned status = outcome.answer ? outcome.answer->status : 0;
  if (status >= 200 && status < 300) return {.kind = Verdict::Kind::accepted};
  if (status == 410) return {.kind = Verdict::Kind::gone, .error = failure_of(outcome)};

  Verdict verdict{.kind = Verdict::Kind::given_up, .error = failure_of(outcome)};
  if (status == 429 || status == 503) {
    verdict.rests_until = outbound::retry_after(*outcome.answer, now, rest_asked_for_max);
  }
  const auto failed = static_cast<std::size_t>(std::max(number, 1));
  if (failed > settings.retry_delays.size()) return verdict;
  verdict.kind = Verdict::Kind::again;
  verdict.due_at = now + jittered(settings.retry_delays[failed - 1], random);
  if (verdict.rests_until) verdict.due_at = std::max(verdict.due_at, *verdict.rests_until);
  return verdict;
}

}  // namespace orderflow::webhooks
