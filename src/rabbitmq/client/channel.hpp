#pragma once

#include "bridge/message/message.hpp"
#include "rabbitmq/client/connection.hpp"
#include "rabbitmq/client/route.hpp"

#include <cstdint>
#include <string>

namespace orderflow::rabbitmq {

/// What stands in a queue, as the broker answers a declaration.
struct QueueCounts {
  std::uint32_t messages = 0;  ///< ready to be delivered
  std::uint32_t consumers = 0;
};

/// One channel of a connection: its owner's thread uses it, and not longer than the connection. A
/// member that waits for an answer throws `BrokerRefused` where the broker refuses, and then this
/// channel is closed and of no more use while the connection stays; any of them throws
/// `ConnectionLost`, and `std::length_error` for texts that AMQP has no room for. What the broker
/// sends otherwise comes out of `Connection::next`.
class Channel {
 public:
  /// Opens it.
  explicit Channel(Connection& connection);
  Channel(Channel&& other) noexcept = default;
  Channel& operator=(Channel&& other) noexcept = default;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  ChannelNumber number() const noexcept { return number_; }

  /// From now on what is published here is confirmed, under tags counted from 1.
  void select_confirms();

  /// Sends it and does not wait. A mandatory message that no queue takes comes back as `Returned`.
  void publish(const Route& to, const bridge::Message& message, bool mandatory);

  /// A durable exchange of the type `topic`, `direct`, …
  void declare_exchange(const std::string& name, const std::string& type);
  /// A durable exchange that nobody can publish to, which the broker deletes with its last binding.
  void declare_mark(const std::string& name);
  /// Refused with 404 where there is none.
  void check_exchange(const std::string& name);

  /// A durable queue. Refused with 406 where one with other arguments stands.
  QueueCounts declare_queue(const std::string& name, const bridge::Fields& arguments = {});
  /// One of this connection alone, which ends with it. Refused with 405 where another has it.
  void declare_exclusive_queue(const std::string& name);
  /// Refused with 404 where there is none.
  QueueCounts check_queue(const std::string& name);
  void delete_queue(const std::string& name);

  void bind_queue(const std::string& queue, const std::string& exchange,
                  const std::string& routing_key);
  void unbind_queue(const std::string& queue, const std::string& exchange,
                    const std::string& routing_key);

  /// How many deliveries may wait for acknowledgement for each consumer started afterwards.
  void set_prefetch(std::uint16_t count);
  /// Starts a consumer that acknowledges. Its deliveries carry the tag.
  void consume(const std::string& queue, const std::string& consumer_tag);

  /// Ends a consumer. What was delivered to it before stays to be acknowledged.
  void cancel(const std::string& consumer_tag);

  void acknowledge(std::uint64_t delivery_tag, bool multiple);
  /// Without `requeue` it goes to the queue's dead-letter exchange.
  void reject(std::uint64_t delivery_tag, bool requeue);

  /// Unacknowledged deliveries go back to their queues.
  void close();

 private:
  Connection* connection_;
  ChannelNumber number_;
};

}  // namespace orderflow::rabbitmq
