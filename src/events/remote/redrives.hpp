#pragma once

#include "events/delivery/causal_tracker.hpp"
#include "events/log/event_log.hpp"
#include "events/log/outbox.hpp"
#include "events/remote/relay.hpp"
#include "events/remote/relay_runner.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::events {

/// How old an event may be that is sent once more. Who receives it remembers for longer whether it
/// came before.
inline constexpr core::Duration redrivable_for = std::chrono::days{29};

/// Has events of this node sent once more, and answers for received ones that are sent once more:
/// what a broker or another node has lost is in this node's log. Belongs to the writer thread, each
/// call but `has_answered` within a write.
class Redrives {
 public:
  /// All outlive it.
  struct Parts {
    const EventLog& log;
    Outbox& outbox;
    const core::Clock& clock;
    const std::string& node;
    const std::set<std::string, std::less<>>& absent_modules;  ///< not hosted here
    std::function<void()> wake;                                ///< the writer; from any thread
  };
  explicit Redrives(Parts parts) : parts_(std::move(parts)) {}

  /// The way out of the node; without it nothing is sent. Both outlive it.
  void serve(const RelayRunner& relay, RelaySink& sink) noexcept {
    relay_ = &relay;
    sink_ = &sink;
  }

  /// Whether modules elsewhere publish what `wanted_by` subscribes to, or it is itself elsewhere:
  /// else nothing of its can have been lost on the way. Safe from any thread once the node has
  /// started.
  bool may_miss(std::string_view wanted_by) const;

  /// Has sent again, once this write is on disk, what `wanted_by` may have missed of the events
  /// that this node has published about `key`, and those that other modules publish something for
  /// it because of, to these. How many messages that are; none where the log has none of these
  /// events any more, or nobody elsewhere subscribes to them. Nothing, and nothing is sent, where
  /// the broker does not have all of them yet: they are on their way.
  std::optional<std::size_t> redrive(storage::Connection& connection, std::string_view key,
                                     std::string_view wanted_by);

  /// `known`, which this node has received before, has come marked: sends to `wanted_by` again what
  /// the event's audience has published here about its key. False where there is nothing to send.
  /// Otherwise `take_answered` names it once the broker has that.
  bool answer(storage::Connection& connection, const Event& known, std::string_view wanted_by,
              CausalTracker::TrackingNumber tracking_number);

  /// Received events that were answered again.
  struct Answered {
    CausalTracker::TrackingNumber tracking_number;
    Seq position;  ///< of the received event
  };
  std::vector<Answered> take_answered();
  /// From any thread.
  bool has_answered() const;

 private:
  bool is_absent(std::string_view module) const { return parts_.absent_modules.contains(module); }
  bool subscribes(std::string_view module, std::string_view kind) const;
  bool publishes_for(std::string_view module, std::string_view wanted_by) const;
  /// Whether this node has published it for others, and not too long ago.
  bool may_be_sent(const Event& event) const;
  bool is_confirmed(const Event& event) const { return !relay_->is_open(event.meta().seq); }
  EventList of_key(storage::Connection& connection, std::string_view key) const;
  void send(Redrive again);
  void answered(const Answered& answered) noexcept;

  const Parts parts_;
  const RelayRunner* relay_ = nullptr;
  RelaySink* sink_ = nullptr;

  mutable std::mutex mutex_;        // guards what follows
  std::vector<Answered> answered_;  ///< bounded by what the receiver has under way
};

}  // namespace orderflow::events
