#pragma once

#include "bridge/message/message.hpp"
#include "config/section.hpp"
#include "rabbitmq/client/address.hpp"
#include "rabbitmq/client/connection.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::rabbitmq {

/// When a message is acknowledged: once its event is on disk, or once this node is done with it.
enum class Acknowledge { processed, stored };

/// The section `rabbitmq`.
struct Settings {
  /// Those of one cluster, with their passwords; empty: there is no bridge.
  std::vector<Address> brokers;
  std::string exchange;
  std::string dead_exchange;
  std::map<std::string, std::string, std::less<>> queues;  ///< by module, every one
  bridge::Envelope envelope = bridge::Envelope::cloudevents;
  Acknowledge acknowledge = Acknowledge::processed;
  std::size_t confirm_window = 256;  ///< published and not yet confirmed, at most
  std::size_t prefetch = 256;        ///< delivered and not yet acknowledged on a queue, at most
  unsigned shards = 1;               ///< queues a module
  unsigned delivery_limit = 50;      ///< deliveries that may fail before a message is dead
  std::size_t message_bytes_max = 1 << 20;
  std::chrono::seconds heartbeat{20};
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds stuck_timeout{30'000};
  std::chrono::milliseconds reconnect_first_delay{200};
  std::chrono::milliseconds reconnect_delay_max{30'000};
  std::chrono::milliseconds refused_retry{60'000};
  TlsOptions tls;

  bool on() const noexcept { return !brokers.empty(); }
};

/// Reads the section. `modules` are those there are. A queue can also be named by the variable
/// RABBIT_MQ_<MODULE>_QUEUE, the brokers by RABBIT_MQ_URI. Throws `config::Invalid` for what no
/// single value can tell, such as two queues of one name.
Settings read_settings(const config::Section& section, const std::vector<std::string>& modules);

/// How to connect as the settings say. `name` and `version` are shown by the broker's management.
ConnectionOptions connection_options(const Settings& settings, std::string name,
                                     std::string version);

/// The URIs with their passwords, or what may be some, masked; nothing where they have none.
std::optional<std::string> without_password(const std::string& uris);

/// The URIs that a text lists with commas between; a comma before anything else is part of a
/// password.
std::vector<std::string> listed_uris(std::string_view text);

}  // namespace orderflow::rabbitmq
