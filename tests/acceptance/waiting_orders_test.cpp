// What a node shows of orders that wait for others.
#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace orderflow::test {
namespace {

using nlohmann::json;

/// The number that a series of the metrics has.
double value_of(HttpClient& client, const std::string& series) {
  const std::string text = client.get("/metrics").body;
  const std::size_t found = text.find("\n" + series + " ");
  REQUIRE_MESSAGE(found != std::string::npos, series);
  return std::stod(text.substr(found + series.size() + 2));
}

json waits_for(HttpClient& client, const json& order) {
  return get(client, "/v1/orders/" + order.at("id").get<std::string>() + "/timeline")
      .at("waitsFor");
}

TEST_CASE("an order that waits for billing elsewhere is counted, and its timeline shows it") {
  TemporaryFolder folder;
  // Port 1 of this machine: nobody is a broker there.
  Node node(folder.path(), {{"ORDERFLOW_NODE_MODULES", "orders"},
                            {"ORDERFLOW_NODE_NAME", "shop"},
                            {"ORDERFLOW_LOG_LEVEL", "off"},
                            {"RABBIT_MQ_URI", "amqp://guest:guest@127.0.0.1:1"}});
  HttpClient client(node.port());
  CHECK(value_of(client, "orderflow_orders_pending{status=\"PENDING\"}") == 0);
  CHECK(value_of(client, "orderflow_orders_pending_oldest_age_seconds{status=\"PENDING\"}") == 0);
  const json order = place(client, order_of("ada", 700));
  place(client, order_of("ada", 700));
  CHECK(value_of(client, "orderflow_orders_pending{status=\"PENDING\"}") == 2);
  CHECK(value_of(client, "orderflow_orders_pending{status=\"PROCESSED\"}") == 0);
  CHECK(value_of(client, "orderflow_orders_pending_oldest_age_seconds{status=\"PENDING\"}") > 0);

  const json awaited = waits_for(client, order);
  CHECK(awaited.at("module") == "billing");
  CHECK(awaited.at("kind") == "order.created");
  CHECK(awaited.at("seq") == 1);
  CHECK(awaited.at("state") == "unsent");
  CHECK(value_of(client, "orderflow_bridge_outstanding") == 2);

  const std::string id = order.at("id");
  CHECK(client.post("/v1/orders/" + id + "/cancel", json::object()).status == 202);
  CHECK(waits_for(client, order).at("kind") == "order.cancel_requested");
}

TEST_CASE("an order that this node settles itself waits for no other") {
  TemporaryFolder folder;
  Node node(folder.path());
  HttpClient client(node.port());
  const json slow = place(client, order_of("ada", 700, "sim-slow-60000"));
  CHECK(waits_for(client, slow) == nullptr);
  const json order = place(client, order_of("ada", 700));
  settled(client, order.at("id"));
  CHECK(waits_for(client, order) == nullptr);
  CHECK(value_of(client, "orderflow_orders_pending{status=\"PENDING\"}") == 1);
  node.kill();
}

TEST_CASE("the metrics show the sizes of the files, and when the last backup was made") {
  TemporaryFolder folder;
  Node node(folder.path());
  HttpClient client(node.port());
  CHECK(value_of(client, "orderflow_backup_last_timestamp_seconds") == 0);
  CHECK(client.send("POST", "/v1/admin/backup", {}, {}).status < 300);
  const double process_start = value_of(client, "process_start_time_seconds");
  CHECK(value_of(client, "orderflow_backup_last_timestamp_seconds") >= process_start - 1);
  CHECK(value_of(client, "orderflow_storage_database_bytes") ==
        static_cast<double>(std::filesystem::file_size(folder.path() / "orderflow.db")));
  CHECK(value_of(client, "orderflow_storage_log_file_bytes") > 0);
  CHECK(value_of(client, "orderflow_storage_free_bytes") > 0);
}

}  // namespace
}  // namespace orderflow::test
