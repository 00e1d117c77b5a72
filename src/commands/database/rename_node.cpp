#include "commands/database/rename_node.hpp"

#include "events/log/event_log.hpp"
#include "events/remote/relay.hpp"
#include "rabbitmq/routing.hpp"
#include "storage/connection.hpp"
#include "storage/data_folder.hpp"
#include "storage/inspected_database.hpp"
#include "storage/node_identity.hpp"
#include "storage/transaction.hpp"

#include <stdexcept>

namespace orderflow::commands {
namespace {

std::int64_t number(storage::Session session, const char* sql) {
  auto rows = session.query(sql);
  return rows.next() ? rows.get<std::int64_t>(0) : 0;
}

}  // namespace

RenamedNode rename_node(const std::filesystem::path& folder, const std::string& name) {
  if (!rabbitmq::is_node_name(name)) {
    throw std::runtime_error("the bridge cannot carry the name \"" + name +
                             "\"; allowed are 1 to 64 of A-Z a-z 0-9 _ -");
  }
  if (!std::filesystem::exists(folder / "orderflow.db")) {
    throw std::runtime_error("there is no database in " + folder.string());
  }
  // Who renames has named the folder, and no settings tell of it.
  const storage::DataFolder data(folder, {.group_may_write = true});
  // Refuses what is no database of ours.
  if (!storage::InspectedDatabase(data.database()).owners().contains(events::event_owner)) {
    throw std::runtime_error(data.database().string() + " has no log of events");
  }
  storage::Connection connection(data.database(), storage::Connection::Mode::read_write);
  storage::Transaction transaction(connection);
  RenamedNode renamed{.before = storage::rename_node(connection, name),
                      .after = name,
                      .publishes_after = std::nullopt};
  auto session = connection.session(events::event_owner);
  if (session.query("SELECT 1 FROM event_subscription WHERE name = ?1", events::relay_name)
          .next()) {
    renamed.publishes_after = number(session,
                                     "SELECT max((SELECT coalesce(max(seq), 0) FROM event_log), "
                                     "removed_to) FROM event_retention");
    session.execute("UPDATE event_subscription SET cursor = ?1 WHERE name = ?2",
                    *renamed.publishes_after, events::relay_name);
  }
  renamed.waiting = number(session, "SELECT count(*) FROM event_delivery");
  transaction.commit();
  return renamed;
}

}  // namespace orderflow::commands
