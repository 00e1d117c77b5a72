#include "sending/verdict.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace orderflow::webhooks {
namespace {

using namespace std::chrono_literals;
using Kind = Verdict::Kind;

const core::Timestamp now = core::from_micros(1'700'000'000'000'000);

Verdict judged(unsigned status, int number = 1,
               std::map<std::string, std::string, std::less<>> headers = {}) {
  Settings settings{};
  settings.retry_delays = {5s, 5min};
  core::SeededRandom random(7);
  WebhookResponse response;
  if (status == 0) {
    response.error = "connection refused";
  } else {
    response.answer = outbound::HttpAnswer{.status = status, .headers = std::move(headers)};
  }
  return judge(response, number, now, settings, random);
}

TEST_CASE("every 2xx is success, and nothing else is") {
  for (const unsigned status : {200U, 201U, 202U, 204U, 299U})
    CHECK(judged(status).kind == Kind::accepted);
  for (const unsigned status : {0U, 199U, 300U, 301U, 307U, 400U, 401U, 404U, 429U, 500U, 503U}) {
    CAPTURE(status);
    CHECK(judged(status).kind == Kind::again);
    CHECK_FALSE(judged(status).error.empty());
  }
  CHECK(judged(410).kind == Kind::gone);
}

TEST_CASE("the waits are those of the schedule, and up to a fifth more") {
  for (const auto& [number, delay] : {std::pair<int, core::Duration>{1, 5s}, {2, 5min}}) {
    const core::Duration wait = judged(500, number).due_at - now;
    CHECK(wait >= delay);
    CHECK(wait <= delay + delay / 5);
  }
  CHECK(judged(500, 3).kind == Kind::given_up);
  CHECK(judged(0, 4).kind == Kind::given_up);
}

TEST_CASE("Retry-After of 429 and 503 is honoured, up to a day") {
  for (const unsigned status : {429U, 503U}) {
    const Verdict verdict = judged(status, 1, {{"retry-after", "120"}});
    CHECK(verdict.due_at == now + 120s);
    CHECK(verdict.rests_until == now + 120s);
    CHECK(judged(status, 1, {{"retry-after", "99999999"}}).due_at == now + 24h);
    CHECK(judged(status, 1, {{"retry-after", "1"}}).due_at >= now + 5s);
    CHECK_FALSE(judged(status, 1, {{"retry-after", "soon"}}).rests_until);
  }
  CHECK_FALSE(judged(500, 1, {{"retry-after", "120"}}).rests_until);
}

}  // namespace
}  // namespace orderflow::webhooks
