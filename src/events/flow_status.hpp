#pragma once

#include "events/delivery/rate_meter.hpp"
#include "events/delivery/subscription_runners.hpp"
#include "events/operations/rebuilds.hpp"

#include <mutex>
#include <string_view>
#include <vector>

namespace orderflow::events {

/// The status of the event core, as of the last commit.
struct FlowStatus {
  Seq newest;  ///< the last committed position of the log
  std::vector<SubscriptionStatus> subscriptions;
  std::vector<RebuildStatus> rebuilds;
};

/// Shows other threads how far the writer thread is. `publish` belongs to the writer thread, all
/// else is safe from any.
class StatusBoard {
 public:
  /// All of them outlive it.
  StatusBoard(const SubscriptionRunners& runners, const Rebuilds& rebuilds,
              const core::Clock& clock)
      : runners_(runners), rebuilds_(rebuilds), clock_(clock) {}

  /// The subscriptions are complete now: shows them for the first time.
  void begin(Seq newest);
  /// Shows what was just committed.
  void publish(Seq newest);

  FlowStatus status() const;
  Seq newest() const;
  /// Events a second that a subscription has handled over the last minute; 0 where there is none of
  /// that name.
  double rate(std::string_view subscription) const;

 private:
  const SubscriptionRunners& runners_;
  const Rebuilds& rebuilds_;
  const core::Clock& clock_;

  mutable std::mutex mutex_;  // guards what follows
  FlowStatus status_;
  std::vector<RateMeter> rates_;  ///< of the runners, in their order
};

}  // namespace orderflow::events
