#include "bridge/relay_progress.hpp"

#include "events/log/event_log.hpp"
#include "events/records/subscription_store.hpp"
#include "events/remote/relay.hpp"
#include "storage/inspected_database.hpp"

#include <algorithm>

namespace orderflow::bridge {

std::optional<RelayProgress> read_relay_progress(const std::filesystem::path& folder) {
  if (!std::filesystem::exists(folder / "orderflow.db")) return std::nullopt;
  storage::InspectedDatabase file(folder);
  if (!file.owners().contains(events::event_owner)) return std::nullopt;
  const auto relay =
      events::cursor_in_log(file.connection().session(events::event_owner), events::relay_name);
  if (!relay) return std::nullopt;
  return RelayProgress{.cursor = relay->cursor.value(),
                       .newest = std::max(relay->cursor, relay->newest).value()};
}

}  // namespace orderflow::bridge
