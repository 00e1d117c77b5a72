#include "bridge/relay_progress.hpp"

#include "events/log/event_log.hpp"
#include "events/remote/relay.hpp"
#include "storage/inspected_database.hpp"

#include <algorithm>

namespace orderflow::bridge {

std::optional<RelayProgress> read_relay_progress(const std::filesystem::path& folder) {
  if (!std::filesystem::exists(folder / "orderflow.db")) return std::nullopt;
  storage::InspectedDatabase file(folder);
  if (!file.owners().contains(events::event_owner)) return std::nullopt;
  auto session = file.connection().session(events::event_owner);
  auto rows = session.query(
      "SELECT cursor, (SELECT coalesce(max(seq), 0) FROM event_log) FROM event_subscription"
      " WHERE name = ?1",
      events::relay_name);
  if (!rows.next()) return std::nullopt;
  const auto cursor = rows.get<std::int64_t>(0);
  return RelayProgress{.cursor = cursor, .newest = std::max(cursor, rows.get<std::int64_t>(1))};
}

}  // namespace orderflow::bridge
