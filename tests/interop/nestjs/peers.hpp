#pragma once

#include "acceptance/support/node.hpp"
#include "support/http_client.hpp"
#include "support/process.hpp"
#include "support/rabbitmq_broker.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::test {

/// The queue of billing, by a name that nodes and microservice are given.
inline const std::string billing_queue = "shop.billing";

/// Nodes of ours and programs in Node.js that share a new virtual host of a broker. Belongs to the
/// main thread.
class Market {
 public:
  Market(RabbitmqBroker& broker, const std::string& vhost);

  /// A node of ours with these modules, connected to the broker. Envelope: `nest` or `cloudevents`.
  std::unique_ptr<Node> open_node(const std::filesystem::path& data, const std::string& name,
                                  const std::string& modules, const std::string& envelope);

  /// The microservice of billing.ts, which takes orders when this returns.
  std::unique_ptr<Process> open_billing(const Settings& settings = {});

  /// The consumer of listener.ts, which has its queue when this returns.
  std::unique_ptr<Process> open_listener();

  /// Emits an event by NestJS to a queue, and copies of it to the further ones. Without copies and
  /// a home, the message has no headers.
  void send(const std::string& queue, const std::string& kind, const nlohmann::json& payload,
            const std::vector<std::string>& copies = {}, const std::string& home = {});

  /// How many messages a queue has, delivered and waiting; -1 where it does not stand.
  int count_messages(const std::string& queue);

 private:
  Command program(const std::string& name, std::vector<std::string> arguments = {}) const;
  std::unique_ptr<Process> open(Command command, std::string_view ready);

  RabbitmqBroker& broker_;
  std::string vhost_;
};

/// The rest of each line of a program's output that begins with `word` and a space.
std::vector<std::string> lines_of(Process& process, const std::string& word);

}  // namespace orderflow::test
