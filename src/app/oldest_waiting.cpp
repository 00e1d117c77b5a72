#include "oldest_waiting.hpp"

namespace orderflow::app {

std::optional<core::Timestamp> oldest_waiting(const host::Services& services,
                                              storage::Session session,
                                              const events::LaneStatus& lane, events::Seq newest) {
  std::optional<core::Timestamp> oldest;
  if (lane.settled < newest) {
    if (const auto first = services.log.first_after(session, lane.settled)) {
      oldest = first->occurred_at;
    }
  }
  if (lane.record.rows() == 0) return oldest;
  const auto held = events::oldest_delivery(session, lane.name);
  return held && (!oldest || *held < *oldest) ? held : oldest;
}

}  // namespace orderflow::app
