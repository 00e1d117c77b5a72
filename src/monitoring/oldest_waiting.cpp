#include "monitoring/oldest_waiting.hpp"

namespace orderflow::monitoring {

std::optional<core::Timestamp> oldest_waiting(const host::Services& services,
                                              storage::Session session,
                                              const events::SubscriptionStatus& subscription,
                                              events::Seq newest) {
  std::optional<core::Timestamp> oldest;
  if (subscription.finished_to < newest) {
    if (const auto first = services.log.first_after(session, subscription.finished_to)) {
      oldest = first->occurred_at;
    }
  }
  if (subscription.record.rows() == 0) return oldest;
  const auto unfinished = events::oldest_delivery(session, subscription.name);
  return unfinished && (!oldest || *unfinished < *oldest) ? unfinished : oldest;
}

}  // namespace orderflow::monitoring
