#pragma once

#include "bridge/connection/wake_up.hpp"
#include "events/delivery/causal_tracker.hpp"
#include "events/received_event.hpp"

#include <exception>
#include <mutex>
#include <vector>

namespace orderflow::bridge {

/// Where the node reports what has become of received events, for the consumer's thread to take.
/// It belongs to both, for the node may still report when the consumer has gone. Bounded by what
/// the consumer has under way.
class ReceptionInbox final : public events::ReceptionObserver {
 public:
  struct StoredReport {
    events::ReceivedBatch batch;
    std::exception_ptr error;  ///< null: all of the batch is on disk; else nothing is
  };
  struct RefusedReport {
    events::CausalTracker::TrackingNumber tracking_number;
    const char* reason;
  };
  struct Reports {
    std::vector<StoredReport> stored;
    std::vector<events::CausalTracker::TrackingNumber> finished;
    std::vector<RefusedReport> refused;
  };

  // From any thread.
  void stored(const events::ReceivedBatch& batch, std::exception_ptr error) noexcept override;
  void chain_finished(events::CausalTracker::TrackingNumber tracking_number) noexcept override;
  void chain_refused(events::CausalTracker::TrackingNumber tracking_number,
                     const char* reason) noexcept override;

  // By the consumer's thread.
  Reports take();
  /// Signalled when something is reported.
  WakeUp& wake_up() noexcept { return wake_up_; }

 private:
  std::mutex mutex_;
  Reports reports_;
  WakeUp wake_up_;
};

}  // namespace orderflow::bridge
