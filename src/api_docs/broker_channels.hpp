#pragma once

#include "events/log/catalog.hpp"
#include "rabbitmq/settings.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace orderflow::api_docs {

/// An exchange or queue of the broker, as a channel of AsyncAPI without messages.
struct BrokerChannel {
  std::string id;                      ///< among the channels of a document
  std::string module;                  ///< who has it
  std::vector<std::string> kinds;      ///< of the events that come there
  bool consumed = false;               ///< by the module's nodes; else by an operator
  nlohmann::ordered_json description;  ///< the channel
};

/// A reference within the same document, such as "servers/rabbitmq".
nlohmann::ordered_json reference_to(const std::string& path);

/// The exchange, under a routing key.
nlohmann::ordered_json exchange_channel(const rabbitmq::Settings& settings, std::string address);

/// Every queue that exists where each module has nodes of its own, as such a node declares it:
/// `rabbitmq::plan`. A queue's arguments and bindings, for which AsyncAPI has no member, are in
/// the channel's `x-queue`.
std::vector<BrokerChannel> queue_channels(const rabbitmq::Settings& settings,
                                          const events::Catalog& catalog);

}  // namespace orderflow::api_docs
