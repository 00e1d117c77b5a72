#pragma once

#include "bridge/audiences.hpp"
#include "bridge/message/message.hpp"
#include "events/log/event.hpp"
#include "rabbitmq/client/route.hpp"
#include "rabbitmq/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace orderflow::rabbitmq {

/// A queue that must take copies of events, which are sent to it by the default exchange: no
/// binding is needed, and the broker returns what is for a queue that is not there.
struct Recipient {
  std::uint32_t number = 0;  ///< from 1 on
  Route route = {};          ///< by the default exchange, to the queue of that name
  bridge::Fields arguments;  ///< to declare it with

  const std::string& queue() const noexcept { return route.routing_key; }
};

/// The queues of those that must hear this node's events. Belongs to the publisher's thread.
class Recipients {
 public:
  /// At most so many homes get copies in queues of their own; what is for a further one goes to the
  /// shared queue, where any node of the module passes it on: whoever may send us events could name
  /// any home.
  static constexpr std::size_t homes_max = 256;

  /// Catalog and settings outlive it.
  Recipients(const bridge::PlannedNode& node, const events::Catalog& catalog,
             const Settings& settings);

  /// The queues of modules, which every such node sends to; homes are met with their events.
  std::vector<const Recipient*> known();

  /// Those of an event: always in the same order. They stay where they are.
  std::vector<const Recipient*> of(const events::EventMeta& event);

 private:
  const Recipient& shared(const std::string& module, std::string_view key);
  std::vector<const Recipient*>& shards_of(const std::string& module);
  const Recipient& home(const std::string& module, const std::string& node);
  const Recipient& at(std::string queue, const std::string& module, unsigned shards);

  const Settings& settings_;
  const events::Catalog& catalog_;
  const std::string node_;
  const bridge::Audiences audiences_;
  std::deque<Recipient> all_;
  /// By module, its shared queues by their shards.
  std::map<std::string, std::vector<const Recipient*>> shared_;
  /// By module and the node's name.
  std::map<std::string, std::map<std::string, const Recipient*>> homes_;
  std::size_t homes_count_ = 0;
};

}  // namespace orderflow::rabbitmq
