#pragma once

#include "events/log/event.hpp"

#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

namespace orderflow::events {

/// The key queues of an effect: the events of each key, in the order in which it has taken them.
/// The first of a key may run; the others wait behind it. Belongs to the writer thread.
class KeyQueues {
 public:
  /// Appends an event to those of its key. True where it is the first.
  bool append(const std::string& key, Seq seq);

  /// Removes the first of a key, `seq`. The one that may run now, if another waits.
  std::optional<Seq> remove_first(const std::string& key, Seq seq);

  /// Removes all of a key, the first of which is `seq`. Those that waited behind it, in order.
  std::deque<Seq> remove_all(const std::string& key, Seq seq);

 private:
  using KeyQueue = std::deque<Seq>;

  std::unordered_map<std::string, KeyQueue> queues_;  ///< none is empty
};

}  // namespace orderflow::events
