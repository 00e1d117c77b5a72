#pragma once

#include "bridge/message/decoder.hpp"
#include "bridge/message/message.hpp"
#include "core/clock.hpp"
#include "events/log/catalog.hpp"
#include "events/received_event.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <variant>

namespace orderflow::rabbitmq {

/// A queue that this node takes messages from, and the module that they are for.
struct ConsumedQueue {
  std::string name;
  std::string module;
  bool shared = true;  ///< with other nodes of the module
};

/// What is to be done with a message.
struct Receive {
  events::ReceivedEvent event;  ///< without its tracking number
  bool starts_trace = false;    ///< the message named none
};
struct PassOn {
  bridge::OutgoingMessage
      message;  ///< to the queue of the node that it is for; it has a message id
};
struct Skip {};  ///< it was heard where it comes from
struct Reject {
  std::string reason;
};
using Decision = std::variant<Receive, PassOn, Skip, Reject>;

struct ReceptionOptions {
  std::string node;  ///< this one
  /// The shared queue of every module, without a shard.
  std::map<std::string, std::string, std::less<>> queues;
  std::size_t message_bytes_max = 1 << 20;
};

/// Decides what becomes of each message that comes. Knows no connection; belongs to one thread.
class Reception {
 public:
  /// The catalog outlives it.
  Reception(ReceptionOptions options, const events::Catalog& catalog)
      : options_(std::move(options)),
        catalog_(catalog),
        decoder_(catalog, options_.node, options_.message_bytes_max) {}

  Decision decide(const ConsumedQueue& queue, const bridge::IncomingMessage& message,
                  core::Timestamp now);

 private:
  const ReceptionOptions options_;
  const events::Catalog& catalog_;
  bridge::Decoder decoder_;
};

}  // namespace orderflow::rabbitmq
