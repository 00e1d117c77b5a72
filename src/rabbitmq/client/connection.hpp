#pragma once

#include "bridge/connection/errors.hpp"
#include "bridge/connection/wake_up.hpp"
#include "bridge/message/message.hpp"
#include "rabbitmq/client/address.hpp"
#include "rabbitmq/client/route.hpp"
#include "rabbitmq/client/watchdog.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace orderflow::rabbitmq {

/// Which certificates count. Files in PEM; an empty path is none.
struct TlsOptions {
  std::filesystem::path ca_file = {};  ///< who vouches for the broker; empty: the system's list
  std::filesystem::path certificate_file = {};  ///< what we show, with its chain
  std::filesystem::path key_file = {};
  bool verify_host = true;  ///< whether the certificate must be for the address's host
};

struct ConnectionOptions {
  Address address = {};
  std::vector<Address> others = {};  ///< further brokers of its cluster, for `BrokerTurns`
  TlsOptions tls = {};               ///< used where the address says amqps
  std::string name = {};     ///< shown by the broker's management, such as "orderflow shop-1"
  std::string version = {};  ///< of this program, shown there too
  std::chrono::seconds heartbeat{20};                 ///< the broker may ask for a shorter one
  std::chrono::milliseconds connect_timeout{10'000};  ///< to connect, and again to log in
  std::chrono::milliseconds stuck_timeout{30'000};    ///< for any call and answer afterwards
};

using ChannelNumber = std::uint16_t;

/// A message of a consumer, to be acknowledged under its tag on its channel.
struct Delivery {
  ChannelNumber channel = 0;
  std::uint64_t tag = 0;
  bool redelivered = false;
  std::string consumer_tag = {};
  Route route = {};  ///< how it came
  bridge::Message message = {};
};

/// The broker has taken responsibility for what was published under the tag, or up to it.
struct Confirmed {
  ChannelNumber channel = 0;
  std::uint64_t tag = 0;
  bool multiple = false;
};

/// The broker could not take it.
struct Nacked {
  ChannelNumber channel = 0;
  std::uint64_t tag = 0;
  bool multiple = false;
};

/// No queue takes a mandatory message. Its confirmation follows.
struct Returned {
  ChannelNumber channel = 0;
  int code = 0;
  std::string reason = {};
  Route route = {};
  bridge::Message message = {};
};

/// An alarm on the broker: it reads no more from connections that publish.
struct Blocked {
  std::string reason = {};
};
struct Unblocked {};

/// The broker has closed a channel; its number is free again.
struct ChannelClosed {
  ChannelNumber channel = 0;
  int code = 0;
  std::string reason = {};
};

/// The broker has ended a consumer, as when its queue was deleted.
struct ConsumerCancelled {
  ChannelNumber channel = 0;
  std::string consumer_tag = {};
};

using ConnectionEvent = std::variant<Delivery, Confirmed, Nacked, Returned, Blocked, Unblocked,
                                     ChannelClosed, ConsumerCancelled>;

/// The version of rabbitmq-c that this program runs with.
std::string library_version();

class Link;  // what of it is rabbitmq-c's

/// One AMQP 0-9-1 connection, connected and logged in for its whole life. It belongs to one thread,
/// which makes, uses and destroys it. Every member ends within a bound, whatever the broker does:
/// the watchdog cuts what takes longer than the stuck timeout. Heartbeats are served inside of
/// `next` alone, so it is to be called at least twice a heartbeat.
class Connection {
 public:
  /// Throws `BrokerUnreachable` or `BrokerRefused`. The watchdog outlives it.
  Connection(const ConnectionOptions& options, Watchdog& watchdog);

  /// Says goodbye, for at most two seconds, where the connection stands and is not blocked.
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// What the broker sends next, or nothing: where `limit` has passed, or `wake_up` was signalled
  /// (and is then cleared). With a limit of zero it does not wait. Throws `ConnectionLost`.
  std::optional<ConnectionEvent> next(std::chrono::milliseconds limit,
                                      bridge::WakeUp* wake_up = nullptr);

  /// Whether the broker has blocked it, and not unblocked it since.
  bool is_blocked() const noexcept;

  /// What the broker says of itself, such as "RabbitMQ" and "3.10.8"; empty where it does not.
  const std::string& server_product() const noexcept;
  const std::string& server_version() const noexcept;

 private:
  friend class Channel;
  std::unique_ptr<Link> link_;
};

}  // namespace orderflow::rabbitmq
