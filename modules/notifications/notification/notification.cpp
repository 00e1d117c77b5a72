#include "notification/notification.hpp"

#include "events/log/deterministic_id.hpp"

#include <algorithm>
#include <array>

namespace orderflow::notifications {

NotificationId notification_id(const core::Uuid& event, core::Timestamp occurred_at,
                               std::string_view subscription) {
  const core::Uuid hash = events::deterministic_id(event, subscription, "notification", 0);
  std::array<std::uint8_t, 10> tail{};
  std::copy_n(hash.bytes.begin() + 6, tail.size(), tail.begin());
  const auto micros = static_cast<std::uint64_t>(core::to_micros(occurred_at));
  // The twelve bits behind the milliseconds and the version.
  const std::uint64_t fraction = micros % 1000 * 4096 / 1000;
  tail[0] = static_cast<std::uint8_t>(fraction >> 8);
  tail[1] = static_cast<std::uint8_t>(fraction & 0xff);
  return NotificationId{core::make_uuid_v7(micros / 1000, tail)};
}

}  // namespace orderflow::notifications
