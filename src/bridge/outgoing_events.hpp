#pragma once

#include "bridge/bridge.hpp"
#include "bridge/message/message.hpp"
#include "bridge/message_spans.hpp"
#include "events/log/event.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace orderflow::bridge {

/// This node's events on their way out, as far as no broker matters: their messages and spans.
/// Belongs to the publisher's thread.
class OutgoingEvents {
 public:
  /// What `node` refers to outlives it.
  OutgoingEvents(const BridgedNode& node, Envelope envelope, const MessagingTerms& terms);

  /// The message of an event that is about to be sent, or sent again, to `destination` by `route`.
  Message message_of(const events::Event& event, const std::string& destination,
                     const std::string& route);

  /// The broker has all events up to this one: the cursor of the relay follows.
  void confirmed(events::Seq upto);

 private:
  events::Dispatcher& dispatcher_;
  const Envelope envelope_;
  /// By kind: the modules of this node that handle it, with commas between.
  const std::map<std::string, std::string, std::less<>> handled_here_;
  std::optional<PublishSpans> spans_;  ///< where there are traces
};

}  // namespace orderflow::bridge
