#include "notification/notification.hpp"

#include "events/log/deterministic_id.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace orderflow::notifications {
namespace {

constexpr std::array transitions = std::to_array<std::pair<Status, Status>>({
    {Status::retrying, Status::retrying},
    {Status::retrying, Status::sent},
    {Status::retrying, Status::failed},
    {Status::retrying, Status::skipped},
    {Status::failed, Status::retrying},
    {Status::failed, Status::sent},
    {Status::failed, Status::failed},
    {Status::failed, Status::skipped},
});

}  // namespace

bool may_become(Status from, Status to) noexcept {
  return std::ranges::find(transitions, std::pair{from, to}) != transitions.end();
}

std::string statuses_before(Status to) {
  std::string list;
  for (const auto& [from, after] : transitions) {
    if (after != to) continue;
    list.append(list.empty() ? "'" : ", '").append(to_string(from)).append("'");
  }
  return list;
}

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
