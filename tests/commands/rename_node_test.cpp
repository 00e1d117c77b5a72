#include "commands/database/rename_node.hpp"

#include "app/modules.hpp"
#include "bridge/relay_progress.hpp"
#include "commands/bridge/bridge_report.hpp"
#include "events/remote/relay.hpp"
#include "storage/connection.hpp"
#include "support/module_harness.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <filesystem>

namespace orderflow::commands {
namespace {

namespace fs = std::filesystem;

TEST_CASE("a node that is renamed publishes from where its log ends") {
  const test::TemporaryFolder folder;
  const fs::path file = folder.path() / "orderflow.db";
  {
    test::ModuleHarness harness(app::make_modules(), R"({"notifications":{"channel":"none"}})");
    const auto placed =
        harness.call(http::Method::post, "/v1/orders",
                     R"({"userId":"ada","items":[{"productId":"tea","quantity":1,"price":700}]})");
    REQUIRE(placed.status == 201);
    harness.run_until_idle();
    for (const char* suffix : {"", "-wal"})
      fs::copy_file(harness.node().database().string() + suffix, file.string() + suffix);
  }
  CHECK_FALSE(bridge::read_relay_progress(folder.path()).has_value());
  {
    storage::Connection connection(file, storage::Connection::Mode::read_write);
    connection.session("event").execute(
        "INSERT INTO event_subscription(name, cursor) VALUES(?1, 1)", events::relay_name);
  }
  const auto before = bridge::read_relay_progress(folder.path());
  REQUIRE(before.has_value());
  CHECK(before->cursor == 1);
  CHECK(before->newest > 1);

  const RenamedNode renamed = rename_node(folder.path(), "copy");
  CHECK(renamed.before != "copy");
  CHECK(renamed.publishes_after == before->newest);
  CHECK(renamed.waiting == 0);
  CHECK(read_node_name(folder.path()) == "copy");
  CHECK(bridge::read_relay_progress(folder.path())->cursor == before->newest);
}

}  // namespace
}  // namespace orderflow::commands
