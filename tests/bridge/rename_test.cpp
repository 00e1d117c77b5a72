#include "acceptance/support/doctor.hpp"
#include "acceptance/support/orders.hpp"
#include "command_output.hpp"
#include "storage/connection.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <filesystem>

namespace orderflow::test {
namespace {

namespace fs = std::filesystem;

/// A data folder on which a node has handled an order and a cancelled one.
void fill(const fs::path& data) {
  Node node(data, {{"ORDERFLOW_NODE_NAME", "shop"}});
  HttpClient client(node.port());
  const auto order = place(client, order_of("ada", 1200));
  settled(client, order["id"]);
  notified(client, order["id"]);
  counted(client, "ada", "ordersProcessed", 1);
}

std::string name_of(const fs::path& data) {
  storage::Connection connection(data / "orderflow.db", storage::Connection::Mode::read_write);
  auto rows = connection.session("storage").query("SELECT name FROM storage_node");
  REQUIRE(rows.next());
  return rows.get<std::string>(0);
}

TEST_CASE("a copy of a node gets a name of its own, serves under it, and is sound") {
  const TemporaryFolder folder;
  const fs::path data = folder.path() / "shop";
  const fs::path copy = folder.path() / "billing";
  fill(data);
  fs::copy(data, copy, fs::copy_options::recursive);
  const CommandOutput result =
      run_orderflow({"node", "rename", copy.string(), "--to", "billing-1"});
  CHECK(result.code == 0);
  CHECK(contains(result.output, "node shop is now billing-1"));
  check_sound(copy);
  check_sound(data);
  {
    Node node(copy, {{"ORDERFLOW_NODE_NAME", "billing-1"}, {"ORDERFLOW_NODE_MODULES", "billing"}},
              {"--accept-modules"});
    HttpClient client(node.port());
    CHECK(get(client, "/v1/payments?orderId=0190aaaa-0000-7000-8000-000000000001")
              .contains("payments"));
  }
  {
    // New orders of which this node's billing knows nothing are no fault of either.
    Node node(data, {{"ORDERFLOW_NODE_MODULES", "orders"}}, {"--accept-modules"});
    HttpClient client(node.port());
    place(client, order_of("bob", 700));
  }
  check_sound(copy);
  const auto report = run_doctor(data);
  for (const auto& check : report["checks"]) {
    if (check["name"] == "billing") CHECK(check["result"] == "skipped");
  }
  CHECK(name_of(copy) == "billing-1");
  CHECK(name_of(data) == "shop");
}

TEST_CASE("a copy continues to publish where its log ends") {
  const TemporaryFolder folder;
  const fs::path data = folder.path() / "shop";
  fill(data);
  {
    storage::Connection connection(data / "orderflow.db", storage::Connection::Mode::read_write);
    connection.run("INSERT INTO event_subscription(name, cursor) VALUES('bridge.publish', 1)");
  }
  const CommandOutput result = run_orderflow({"node", "rename", data.string(), "--to", "copy"});
  CHECK(result.code == 0);
  CHECK(contains(result.output, "it publishes what comes after position "));
  storage::Connection connection(data / "orderflow.db", storage::Connection::Mode::read_write);
  auto rows = connection.session("event").query(
      "SELECT cursor = (SELECT max(seq) FROM event_log) FROM event_subscription"
      " WHERE name = 'bridge.publish'");
  REQUIRE(rows.next());
  CHECK(rows.get<int>(0) == 1);
}

TEST_CASE("renaming refuses a running node, names that the bridge cannot carry, and no database") {
  const TemporaryFolder folder;
  const fs::path data = folder.path() / "shop";
  {
    Node node(data, {{"ORDERFLOW_NODE_NAME", "shop"}});
    const CommandOutput result = run_orderflow({"node", "rename", data.string(), "--to", "other"});
    CHECK(result.code == 1);
    CHECK(contains(result.errors, "is in use by process"));
  }
  for (const char* name : {"a.b", "a b", "", "ä", "*"}) {
    CAPTURE(name);
    const CommandOutput result = run_orderflow({"node", "rename", data.string(), "--to", name});
    CHECK(result.code != 0);
  }
  CHECK(name_of(data) == "shop");
  const CommandOutput result =
      run_orderflow({"node", "rename", (folder.path() / "no").string(), "--to", "other"});
  CHECK(result.code == 1);
  CHECK(contains(result.errors, "there is no database"));
  CHECK_FALSE(fs::exists(folder.path() / "no"));
}

}  // namespace
}  // namespace orderflow::test
