#pragma once

#include "bridge/bridge.hpp"
#include "bridge/message_spans.hpp"
#include "bridge/reception.hpp"
#include "events/received_event.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace orderflow::bridge {

/// Events of other nodes on their way into this node's log, as far as no broker matters. Belongs to
/// the consumer's thread.
class IncomingEvents {
 public:
  /// What `node` refers to outlives it. Longer messages are rejected.
  IncomingEvents(const BridgedNode& node, std::size_t message_bytes_max,
                 const MessagingTerms& terms);

  /// There is a new connection: what came over the last one and is not on disk comes again.
  void reconnected();

  /// What is to be done with a message that has come from `queue` by `route`.
  Decision decide(const ConsumedQueue& queue, const Message& message, const std::string& route);

  /// Has the writer insert a batch into the log in one commit, and returns. The observer learns
  /// what becomes of it.
  void store(events::ReceivedBatch batch, std::shared_ptr<events::ReceptionObserver> observer);

  /// The batch is on disk.
  void stored(const events::ReceivedBatch& batch);

 private:
  events::Dispatcher& dispatcher_;
  const core::Clock& clock_;
  Reception reception_;
  std::optional<ReceiveSpans> spans_;  ///< where there are traces
};

}  // namespace orderflow::bridge
