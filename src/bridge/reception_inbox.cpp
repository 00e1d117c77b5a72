#include "bridge/reception_inbox.hpp"

#include <utility>

namespace orderflow::bridge {

void ReceptionInbox::stored(const events::ReceivedBatch& batch, std::exception_ptr error) noexcept {
  const std::lock_guard lock(mutex_);
  reports_.stored.push_back({batch, std::move(error)});
  wake_up_.signal();
}

void ReceptionInbox::chain_finished(
    events::CausalTracker::TrackingNumber tracking_number) noexcept {
  const std::lock_guard lock(mutex_);
  reports_.finished.push_back(tracking_number);
  if (reports_.finished.size() == 1) wake_up_.signal();
}

void ReceptionInbox::chain_refused(events::CausalTracker::TrackingNumber tracking_number,
                                   const char* reason) noexcept {
  const std::lock_guard lock(mutex_);
  reports_.refused.push_back({tracking_number, reason});
  wake_up_.signal();
}

ReceptionInbox::Reports ReceptionInbox::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(reports_, {});
}

}  // namespace orderflow::bridge
