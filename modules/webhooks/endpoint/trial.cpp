#include "endpoint/trial.hpp"

#include "core/id_source.hpp"
#include "http/routing/router.hpp"
#include "sending/request.hpp"
#include "sending/verdict.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace orderflow::webhooks {
namespace {

/// One of the slots for trials.
class TrialSlot {
 public:
  explicit TrialSlot(std::atomic<int>& taken) : taken_(taken) {
    if (++taken_ <= RouteServices::trials_max) return;
    --taken_;
    throw http::Unavailable("too many webhooks are being tried");
  }
  ~TrialSlot() { --taken_; }
  TrialSlot(const TrialSlot&) = delete;
  TrialSlot& operator=(const TrialSlot&) = delete;

 private:
  std::atomic<int>& taken_;
};

}  // namespace

boost::asio::awaitable<Trial> try_out(RouteServices& services, const Endpoint& endpoint,
                                      const core::TraceContext& trace) {
  const TrialSlot slot(services.trials);
  const core::Clock& clock = services.host.clock();
  const auto random = core::make_system_random();
  core::IdSource ids(clock, core::make_system_random());
  const core::Timestamp started = clock.now();
  const WebhookMessage message = test_message(ids.next(), endpoint.id, started, trace);
  WebhookResponse response;
  try {
    const outbound::HttpRequest request =
        request_of(endpoint, message, started, services.settings.timeout);
    outbound::HttpAnswer answer = co_await services.carrier.send(request);
    response.answer = std::move(answer);
  } catch (const std::exception& e) {
    response.error = e.what();
  }
  const core::Timestamp ended = clock.now();
  Trial trial{.webhook_id = webhook_id(message)};
  trial.duration = std::max(ended - started, core::Duration{0});
  if (response.answer) trial.status = response.answer->status;
  trial.error = judge(response, 1, ended, services.settings, *random).error;
  co_return trial;
}

}  // namespace orderflow::webhooks
