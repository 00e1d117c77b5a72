#pragma once

#include "bridge/message/message.hpp"
#include "events/log/event.hpp"
#include "rabbitmq/client/connection.hpp"
#include "rabbitmq/client/route.hpp"
#include "rabbitmq/recipients.hpp"

#include <optional>
#include <vector>

namespace orderflow::rabbitmq {

/// The message of an event and where its copies go.
struct Publication {
  std::vector<const Recipient*> recipients = {};  ///< each must take it; at most 31
  std::optional<Route> listeners = {};            ///< to whoever listens there, and nobody must
  bool reports_unheard =
      false;  ///< whether the broker returns what no listener takes: it is counted
  bridge::Message message = {};
};

/// The node as its publisher needs it. Called on the publisher's thread alone, and outlives the
/// publisher. What a member throws ends the connection, shows as refused and is tried again after
/// `refused_retry`.
class PublisherNode {
 public:
  virtual ~PublisherNode() = default;

  /// Declares what must be there before anything is published: on a new connection, and now and
  /// then, for somebody may delete it.
  virtual void prepare(Connection& connection) = 0;
  /// Recipients that are known beforehand; further ones are met with their first event.
  virtual std::vector<const Recipient*> recipients() = 0;
  /// An event as it is sent. The message's id must be the event's; its recipients are the same at
  /// each attempt, and stay where they are.
  virtual Publication publication_of(const events::Event& event) = 0;
  /// All events that were handed over, up to this one, are confirmed. Does not throw.
  virtual void confirmed(events::Seq upto) = 0;
};

}  // namespace orderflow::rabbitmq
