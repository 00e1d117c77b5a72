#pragma once

#include "rabbitmq/client/broker_turns.hpp"
#include "rabbitmq/client/channel.hpp"
#include "rabbitmq/client/connection.hpp"
#include "rabbitmq/client/watchdog.hpp"
#include "rabbitmq/recipients.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::rabbitmq {

/// Whether queues are still the ones that they were: of a queue that was deleted and declared again
/// AMQP tells nothing. So each gets a *mark*, an exchange of this node's that is bound to the queue
/// alone and is deleted by the broker together with its last binding. Nothing is published to it.
///
/// It has a connection of its own, made when it is needed: one that publishes may be blocked by an
/// alarm, and then answers nothing. Belongs to the publisher's thread. What fails throws as
/// `Connection` and `Channel` do, and ends the connection.
class QueueMarks {
 public:
  /// The watchdog outlives it. `first_broker` is that of `BrokerTurns`.
  QueueMarks(ConnectionOptions connection, std::string node, Watchdog& watchdog,
             std::size_t first_broker);

  /// Whether this process has marked it.
  bool has_marked(const Recipient& recipient) const { return marked_.contains(recipient.number); }

  /// Declares the queue where it is not there, and marks it.
  void mark(const Recipient& recipient);

  /// Whether a queue that was marked is still the same.
  bool stands(const Recipient& recipient);

  /// Whether anything was marked.
  bool are_set() const noexcept { return !marked_.empty(); }
  std::vector<std::uint32_t> numbers() const;
  /// One that was marked, by its number; and the number of a queue, 0 where it was not.
  const Recipient& marked(std::uint32_t number) const { return *marked_.at(number); }
  std::uint32_t number_of(std::string_view queue) const;

  /// Runs `declare` on the connection: it is never blocked.
  void use(const std::function<void(Connection&)>& declare) { declare(connection()); }

  /// Serves the heartbeats, where there is a connection. Called at least twice a heartbeat.
  void keep_alive();

  /// The connection is of no use any more; what was marked is known still.
  void disconnect();

 private:
  Connection& connection();
  Channel& channel();
  std::string name_of(const Recipient& recipient) const;

  BrokerTurns brokers_;
  const std::string node_;
  Watchdog& watchdog_;
  std::optional<Connection> connection_;
  std::optional<Channel> channel_;  ///< ends before the connection
  std::map<std::uint32_t, const Recipient*> marked_;
  std::map<std::string, std::uint32_t, std::less<>> numbers_;  ///< by queue
};

}  // namespace orderflow::rabbitmq
