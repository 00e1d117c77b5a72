#include "events/effect_executor.hpp"

#include "telemetry/log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <exception>
#include <memory>
#include <utility>

namespace orderflow::events {
namespace {

boost::asio::awaitable<void> perform(EffectRunPtr run) {
  AttemptResult result = co_await run->subscription->perform(*run->event, run->context);
  run->result.emplace(std::move(result));
}

AttemptResult result_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const PermanentFailure& e) {
    return AttemptResult::permanent_failure(e.what());
  } catch (const UnreadableEvent& e) {
    return AttemptResult::permanent_failure(e.what());
  } catch (const std::exception& e) {
    return AttemptResult::failure(e.what());
  } catch (...) {
    return AttemptResult::failure("the effect threw something that is not a std::exception");
  }
}

}  // namespace

void EffectExecutor::launch(std::vector<EffectRunPtr> runs, EffectSink& sink) {
  boost::asio::post(context_, [this, &sink, runs = std::move(runs)] {
    for (const EffectRunPtr& run : runs)
      start(run, sink);
  });
}

void EffectExecutor::launch(BackgroundTask task) {
  // The function object lives as long as the coroutine, which may use its captures.
  auto kept = std::make_shared<BackgroundTask>(std::move(task));
  boost::asio::post(context_, [this, kept] {
    boost::asio::co_spawn(context_, (*kept)(), [kept](std::exception_ptr error) {
      if (!error) return;
      telemetry::log("events").error("background work ended error=\"{}\"",
                                     result_of(error).error());
    });
  });
}

void EffectExecutor::start(const EffectRunPtr& run, EffectSink& sink) {
  boost::asio::co_spawn(context_, perform(run), [this, &sink, run](std::exception_ptr error) {
    if (error) run->result.emplace(result_of(error));
    run->ended_at = clock_.now();
    std::vector<EffectRunPtr>& ended = ended_[&sink];
    ended.push_back(run);
    if (ended.size() == 1) boost::asio::post(context_, [this, &sink] { give_back(sink); });
  });
}

void EffectExecutor::give_back(EffectSink& sink) {
  sink.finished(std::exchange(ended_[&sink], {}));
}

}  // namespace orderflow::events
