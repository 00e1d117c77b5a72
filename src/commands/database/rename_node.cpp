#include "commands/database/rename_node.hpp"

#include "bridge/message/node_name.hpp"
#include "events/log/event_log.hpp"
#include "events/records/delivery_store.hpp"
#include "events/records/subscription_store.hpp"
#include "events/remote/relay.hpp"
#include "storage/connection.hpp"
#include "storage/data_folder.hpp"
#include "storage/inspected_database.hpp"
#include "storage/node_identity.hpp"
#include "storage/transaction.hpp"

#include <stdexcept>

namespace orderflow::commands {

RenamedNode rename_node(const std::filesystem::path& folder, const std::string& name) {
  if (!bridge::is_node_name(name)) {
    throw std::runtime_error("the bridge cannot carry the name \"" + name +
                             "\"; allowed are 1 to 64 of A-Z a-z 0-9 _ -");
  }
  if (!std::filesystem::exists(folder / "orderflow.db")) {
    throw std::runtime_error("there is no database in " + folder.string());
  }
  // The folder was named on the command line, and no settings limit it.
  const storage::DataFolder data(folder, {.group_may_write = true});
  // Refuses what is not a database of ours.
  if (!storage::InspectedDatabase(data.database()).owners().contains(events::event_owner)) {
    throw std::runtime_error(data.database().string() + " has no log of events");
  }
  storage::Connection connection(data.database(), storage::Connection::Mode::read_write);
  storage::Transaction transaction(connection);
  RenamedNode renamed{.before = storage::rename_node(connection, name),
                      .after = name,
                      .publishes_after = std::nullopt};
  auto session = connection.session(events::event_owner);
  if (events::has_subscription(session, events::relay_name)) {
    const events::Seq newest = events::EventLog::newest(session);
    events::move_cursor(session, events::relay_name, newest);
    renamed.publishes_after = newest.value();
  }
  renamed.waiting = events::count_deliveries(session);
  transaction.commit();
  return renamed;
}

}  // namespace orderflow::commands
