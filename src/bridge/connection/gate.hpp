#pragma once

#include "bridge/connection/connection_state.hpp"
#include "bridge/connection/errors.hpp"
#include "bridge/connection/wake_up.hpp"

#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace orderflow::bridge {

/// A connection ends because its gate has closed: the next one is made as soon as that is open.
class GateClosed : public ConnectionLost {
 public:
  using ConnectionLost::ConnectionLost;
};

/// What connections wait for before they are made, and end without: one opens and closes it, any
/// number of `ConnectionLoop`s stand before it. From any thread. Closed at first.
class Gate {
 public:
  struct Closed {
    ConnectionState state = ConnectionState::connecting;  ///< which those that wait show
    std::string reason = {};                              ///< for people
  };

  void open();
  void close(Closed why);

  /// Why it is closed; nothing where it is open.
  std::optional<Closed> closed() const;

  /// `wake_up` is signalled at each change until it is removed, which its owner does before it
  /// ends.
  void add(WakeUp& wake_up);
  void remove(WakeUp& wake_up);

 private:
  void change(std::optional<Closed> closed);

  mutable std::mutex mutex_;
  std::optional<Closed> closed_{Closed{.reason = "it has not begun"}};
  std::vector<WakeUp*> waiting_;  ///< as many as there are loops
};

}  // namespace orderflow::bridge
