#pragma once

#include "bridge/connection/connection_loop.hpp"
#include "bridge/connection/wake_up.hpp"
#include "bridge/status.hpp"
#include "core/random.hpp"
#include "rabbitmq/client/channel.hpp"
#include "rabbitmq/client/connection.hpp"
#include "rabbitmq/client/watchdog.hpp"
#include "rabbitmq/known_nodes.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace orderflow::rabbitmq {

struct QueueSurveyOptions {
  ConnectionOptions connection = {};
  std::map<std::string, std::string> dead_queues = {};                 ///< by module
  std::map<std::string, std::string, std::less<>> shared_queues = {};  ///< likewise, no shards
  std::chrono::milliseconds every{30'000};
  bridge::ReconnectPolicy reconnect = {};
};

/// Asks the broker now and then what waits in queues that nobody consumes: the dead queues, and the
/// own queues of nodes that do not run. On a connection and a thread of its own, so that it neither
/// holds up messages nor ends with them.
class QueueSurvey final : private bridge::ConnectionLoop::Work {
 public:
  /// Starts the thread. The watchdog and the nodes outlive it.
  QueueSurvey(QueueSurveyOptions options, Watchdog& watchdog, KnownNodes& nodes,
              std::unique_ptr<core::Random> random);
  ~QueueSurvey() = default;
  QueueSurvey(const QueueSurvey&) = delete;
  QueueSurvey& operator=(const QueueSurvey&) = delete;

  /// Returns when the thread has ended.
  void stop() { loop_.stop(); }

  /// As of the last answers; of before the first a dead queue's number of messages is unknown. From
  /// any thread.
  bridge::UnconsumedQueues status() const;

 private:
  void connect_and_serve() override;
  void take_over() override {}
  void state_changed() override {}
  void ask(Connection& connection);
  std::optional<QueueCounts> ask(Connection& connection, const std::string& queue);
  void wait(Connection& connection);

  const QueueSurveyOptions options_;
  Watchdog& watchdog_;
  KnownNodes& nodes_;
  std::optional<Channel> channel_;  ///< the thread's own

  mutable std::mutex mutex_;
  bridge::UnconsumedQueues told_;

  bridge::WakeUp wake_up_;
  bridge::ConnectionLoop loop_;
};

}  // namespace orderflow::rabbitmq
