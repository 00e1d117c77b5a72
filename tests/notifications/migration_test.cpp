// A database of the release before preferences keeps its notifications.
#include "storage/migration.hpp"
#include "storage/connection.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace orderflow::notifications {
namespace {

using storage::Connection;
using storage::Migration;

void migrate(Connection& connection, const std::vector<Migration>& known) {
  const std::vector<std::string_view> owners{"storage", "notifications"};
  storage::migrate(connection, storage::migrations_of(owners, known), known, core::from_micros(1));
}

}  // namespace

TEST_CASE("earlier notifications are kept, with the reason why they were skipped") {
  const test::TemporaryFolder folder;
  Connection connection(folder.path() / "node.db", Connection::Mode::read_write);
  auto before = storage::embedded_migrations();
  std::erase_if(before, [](const Migration& one) { return one.number > 1; });
  migrate(connection, before);
  connection.run(R"(
    INSERT INTO notifications_notification(id, order_id, user_id, kind, channel, recipient, subject,
      status, attempts, created_at, correlation_id)
    VALUES (randomblob(16), randomblob(16), 'ann', 'order_outcome', 'file', 'a@b', 's', 'sent', 1, 1, 'c'),
           (randomblob(16), randomblob(16), 'bob', 'order_outcome', 'file', '', 's', 'skipped', 0, 1, 'c');)");
  migrate(connection, storage::embedded_migrations());

  auto rows = connection.session("notifications")
                  .query(
                      "SELECT user_id || ' ' || language || ' ' || coalesce(skipped_because, '-')"
                      " FROM notifications_notification ORDER BY user_id");
  std::vector<std::string> found;
  while (rows.next())
    found.push_back(rows.get<std::string>(0));
  CHECK(found == std::vector<std::string>{"ann en -", "bob en no_address"});
}

}  // namespace orderflow::notifications
