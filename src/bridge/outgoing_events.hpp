#pragma once

#include "bridge/bridge.hpp"
#include "bridge/message/message.hpp"
#include "bridge/message_spans.hpp"
#include "events/log/event.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace orderflow::bridge {

/// This node's events on their way out, as far as no broker matters: their messages and spans, and
/// which of them a queue must take. Belongs to the publisher's thread.
class OutgoingEvents {
 public:
  /// What `node` refers to outlives it.
  OutgoingEvents(const BridgedNode& node, Envelope envelope, const MessagingTerms& terms);

  /// The message of an event that is about to be sent, or sent again, to `destination` by `route`.
  Message message_of(const events::Event& event, const std::string& destination,
                     const std::string& route);

  /// The message of an event that is sent once more, marked so. It has no span of its own. Safe
  /// from any thread.
  Message message_again(const events::Event& event, std::string_view wanted_by) const;

  /// Whether a module on another node subscribes to it, so that it must not be lost where no queue
  /// takes it.
  bool must_be_routed(const events::Event& event) const;

  /// The broker has all events up to this one: the cursor of the relay follows.
  void confirmed(events::Seq upto);

 private:
  std::string_view handled_here(std::string_view kind) const;

  events::Dispatcher& dispatcher_;
  const Envelope envelope_;
  /// By kind: the modules of this node that handle it, with commas between.
  const std::map<std::string, std::string, std::less<>> handled_here_;
  const std::set<std::string, std::less<>> handled_elsewhere_;  ///< kinds
  std::optional<PublishSpans> spans_;                           ///< where there are traces
};

}  // namespace orderflow::bridge
