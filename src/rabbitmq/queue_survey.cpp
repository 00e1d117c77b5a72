#include "rabbitmq/queue_survey.hpp"

#include "bridge/connection/errors.hpp"
#include "rabbitmq/routing.hpp"
#include "telemetry/log.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::rabbitmq {
namespace {

using namespace std::chrono_literals;

constexpr int no_such_queue = 404;
// Heartbeats are served meanwhile.
constexpr std::chrono::milliseconds survey_idle_wait = 1'000ms;

bridge::UnconsumedQueues unasked(const std::map<std::string, std::string>& dead_queues) {
  bridge::UnconsumedQueues queues;
  for (const auto& [module, queue] : dead_queues)
    queues.dead.push_back({.module = module, .messages = std::nullopt});
  return queues;
}

}  // namespace

QueueSurvey::QueueSurvey(QueueSurveyOptions options, Watchdog& watchdog, KnownNodes& nodes,
                         std::unique_ptr<core::Random> random)
    : options_(std::move(options)),
      watchdog_(watchdog),
      nodes_(nodes),
      told_(unasked(options_.dead_queues)),
      loop_({.activity = "looking at queues",
             .log = telemetry::log("rabbitmq"),
             .reconnect = options_.reconnect},
            *this, wake_up_, std::move(random)) {}

bridge::UnconsumedQueues QueueSurvey::status() const {
  const std::lock_guard lock(mutex_);
  return told_;
}

void QueueSurvey::connect_and_serve() {
  Connection connection(options_.connection, watchdog_);
  channel_.emplace(connection);
  loop_.connected();
  while (!loop_.stopping()) {
    ask(connection);
    loop_.worked();
    wait(connection);
  }
  channel_.reset();
}

void QueueSurvey::ask(Connection& connection) {
  bridge::UnconsumedQueues found;
  for (const auto& [module, queue] : options_.dead_queues) {
    const auto counts = ask(connection, queue);
    found.dead.push_back({.module = module, .messages = counts ? counts->messages : 0U});
  }
  for (const KnownNode& node : nodes_.all()) {
    const auto shared = options_.shared_queues.find(node.module);
    if (shared == options_.shared_queues.end()) continue;
    const std::string queue = own_queue(shared->second, node.node);
    const auto counts = ask(connection, queue);
    if (!counts) {
      // The broker logs each question after a queue that is not there: none is asked twice.
      nodes_.forget(node);
    } else if (counts->consumers == 0) {
      found.abandoned.push_back({.queue = queue, .messages = counts->messages});
    }
  }
  const std::lock_guard lock(mutex_);
  told_ = std::move(found);
}

std::optional<QueueCounts> QueueSurvey::ask(Connection& connection, const std::string& queue) {
  try {
    return channel_->check_queue(queue);
  } catch (const bridge::BrokerRefused& refusal) {
    if (refusal.code() != no_such_queue) throw;
    channel_.emplace(connection);
    return std::nullopt;
  }
}

void QueueSurvey::wait(Connection& connection) {
  using Clock = std::chrono::steady_clock;
  const auto until = Clock::now() + options_.every;
  while (!loop_.stopping() && Clock::now() < until) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
    connection.next(std::clamp(left, 1ms, survey_idle_wait), &wake_up_);
    loop_.still_up(Clock::now());
  }
}

}  // namespace orderflow::rabbitmq
