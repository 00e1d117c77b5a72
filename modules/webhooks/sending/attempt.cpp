#include "sending/attempt.hpp"

#include "sending/attempt_span.hpp"
#include "sending/request.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace orderflow::webhooks {

boost::asio::awaitable<Entry> attempt(AttemptServices with, Sending sending) {
  const core::Timestamp started = with.host.clock().now();
  const int number = sending.delivery.attempts + 1;
  WebhookMessage message = *sending.message;
  auto span = begin_attempt_span(with.host.tracer(), sending.endpoint, message, number);
  WebhookResponse response;
  try {
    const outbound::HttpRequest request =
        request_of(sending.endpoint, message, started, with.settings.timeout);
    outbound::HttpAnswer answer = co_await with.carrier.send(request);
    response.answer = std::move(answer);
  } catch (const std::exception& e) {
    response.error = e.what();
  }
  const core::Timestamp end = with.host.clock().now();
  Entry::Ended ended{.attempt = {.number = number, .started_at = started},
                     .verdict = judge(response, number - sending.delivery.attempts_before, end,
                                      with.settings, with.chance),
                     .request_number = sending.request_number};
  ended.attempt.duration = std::max(end - started, core::Duration{0});
  if (response.answer) ended.attempt.status = response.answer->status;
  if (!ended.verdict.error.empty()) ended.attempt.error = ended.verdict.error;
  end_attempt_span(with.host.tracer(), std::move(span), ended.attempt.status,
                   ended.verdict.kind == Verdict::Kind::accepted);
  co_return Entry{.endpoint = sending.endpoint.id,
                  .seq = sending.delivery.seq,
                  .key = sending.delivery.key,
                  .is_new = sending.is_new,
                  .message = sending.message,
                  .ended = std::move(ended)};
}

}  // namespace orderflow::webhooks
