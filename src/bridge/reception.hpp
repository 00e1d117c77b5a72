#pragma once

#include "bridge/message/decoder.hpp"
#include "bridge/message/message.hpp"
#include "core/clock.hpp"
#include "events/log/catalog.hpp"
#include "events/received_event.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <variant>

namespace orderflow::bridge {

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
  std::string home;  ///< the node that it is for, which has a queue of its own
  Message message;   ///< as it came; it has a message id
};
struct Skip {};  ///< it was handled where it comes from
struct Reject {
  std::string reason;
};
using Decision = std::variant<Receive, PassOn, Skip, Reject>;

/// Decides what becomes of each message that comes. Knows no connection; belongs to one thread.
class Reception {
 public:
  /// `node` is this one. The catalog outlives it.
  Reception(std::string node, std::size_t message_bytes_max, const events::Catalog& catalog)
      : node_(std::move(node)), catalog_(catalog), decoder_(catalog, node_, message_bytes_max) {}

  Decision decide(const ConsumedQueue& queue, const Message& message, core::Timestamp now);

 private:
  const std::string node_;
  const events::Catalog& catalog_;
  Decoder decoder_;
};

}  // namespace orderflow::bridge
