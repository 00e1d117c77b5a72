#include "bridge/status.hpp"

namespace orderflow::bridge {

std::string BridgeStatus::trouble() const {
  if (refuses_orders()) return "another node has the name of this one";
  if (name && name->state != ConnectionState::connected) {
    return std::string("holding the node's name: ") + to_string(name->state);
  }
  if (publisher.state != ConnectionState::connected) {
    return std::string("publishing: ") + to_string(publisher.state);
  }
  if (consumer && consumer->state != ConnectionState::connected) {
    return std::string("consuming: ") + to_string(consumer->state);
  }
  if (publisher.deferred > 0) {
    return std::to_string(publisher.deferred) +
           " events wait: the broker could not place them in a queue that must get them";
  }
  return {};
}

}  // namespace orderflow::bridge
