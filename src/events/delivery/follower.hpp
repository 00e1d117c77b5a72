#pragma once

#include "events/log/event.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace orderflow::events {

/// A module that reads the log by itself, at its own pace, and keeps its own positions in it. What
/// it has not settled is kept in the log as for a subscription; it slows no writes. It learns of
/// news from the live feed. Outlives the dispatcher.
class Follower {
 public:
  virtual ~Follower() = default;

  /// Its position, from which it continues. Before the writer starts.
  virtual void start(Seq cursor) noexcept = 0;

  /// All up to here is done, or has a row of the module's on disk. It may go back, where somebody
  /// is to be sent again what was passed. Asked on any thread. Quick.
  virtual Seq finished_to() const noexcept = 0;

  /// True where what is not settled waits for others and not for this node: it is shown as held.
  /// Asked on any thread. Quick.
  virtual bool is_held() const noexcept = 0;

  /// How much it has done since the process started, in units of its own; never falls. Asked on any
  /// thread. Quick.
  virtual std::int64_t handled() const noexcept = 0;

  /// Whether an operator has paused it: as of the start, and of each commit. On the writer thread.
  /// Quick.
  virtual void set_paused(bool paused) noexcept = 0;
};

/// What the event core knows of a follower: its subscription has the follower's place as cursor.
struct FollowerSubscription {
  std::string name;
  std::string module;
  std::vector<std::string> kinds;
  Follower* follower = nullptr;
};

}  // namespace orderflow::events
