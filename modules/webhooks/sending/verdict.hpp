#pragma once

#include "core/clock.hpp"
#include "core/random.hpp"
#include "outbound/http_request.hpp"
#include "settings.hpp"

#include <optional>
#include <string>

namespace orderflow::webhooks {

/// The longest rest that an endpoint may ask for with Retry-After.
inline constexpr core::Duration rest_asked_for_max = std::chrono::hours{24};

/// How an attempt went: the answer, or why there was none.
struct WebhookResponse {
  std::optional<outbound::HttpAnswer> answer{};
  std::string error{};
};

/// What is to be done after an attempt.
struct Verdict {
  enum class Kind {
    accepted,
    again,     ///< at `due_at`
    given_up,  ///< that was the last attempt
    gone       ///< 410: the endpoint wants no more of anything
  };
  Kind kind;
  std::string error{};  ///< empty where it was accepted
  core::Timestamp due_at{};
  std::optional<core::Timestamp> rests_until{};  ///< the endpoint has asked to be left alone
};

/// Judges an attempt as Standard Webhooks says: 2xx is success, all else is failure, a redirect
/// too; 410 means never again. After failed attempt `number` (from 1) the wait is that of the
/// schedule and up to a fifth more, by chance, and no less than a `Retry-After` of 429 or 503 asks
/// for, up to a day.
Verdict judge(const WebhookResponse& response, int number, core::Timestamp now,
              const Settings& settings, core::Random& random);

}  // namespace orderflow::webhooks
