#pragma once

#include "cli/event_stream_text.hpp"
#include "cli/node_client.hpp"
#include "cli/terminal/interruption.hpp"

#include <functional>
#include <string>

namespace orderflow::cli {

/// Follows the live stream of a node's events until it is stopped. A lost connection is made again,
/// with pauses that grow from one second to 30, and resumes behind the last event that was taken
/// (Last-Event-ID): none is missed and none comes twice. The position names the incarnation of its
/// log, so that a node whose log was restored meanwhile reports that by an event.
class EventFollower {
 public:
  struct Hooks {
    /// Takes an event; false stops following.
    std::function<bool(const StreamedEvent&)> take;
    /// Called when an established connection was lost: why, and when it is tried again.
    std::function<void(const std::string&)> lost;
  };

  /// `path` names the stream with its filters; `interruption` outlives this.
  EventFollower(NodeAddress address, std::string path, Interruption& interruption, Hooks hooks);

  /// Returns when a hook or a signal ended it. Throws `NodeUnreachable` where the node cannot be
  /// reached at first, `NodeRefused` where it refuses.
  void follow();

 private:
  class Connection;

  const NodeAddress address_;
  const std::string path_;
  Interruption& interruption_;
  Hooks hooks_;
  std::string last_id_;
  bool ended_ = false;
};

}  // namespace orderflow::cli
