// Somebody follows the live stream and reads nothing, while buyers order.
#include "acceptance/support/event_stream.hpp"
#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "faults/load.hpp"
#include "support/raw_client.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t resident_bytes_max = sanitized ? 1'500'000'000 : 200'000'000;
constexpr auto span = sanitized ? 2s : 4s;

struct Measured {
  double orders_a_second;
  std::size_t resident_bytes;  ///< the most that was seen
};

Measured measure(const Node& node, const Load& load) {
  const std::size_t before = load.acknowledged();
  std::size_t most = 0;
  const auto end = std::chrono::steady_clock::now() + span;
  while (std::chrono::steady_clock::now() < end) {
    most = std::max(most, node.resident_bytes());
    std::this_thread::sleep_for(20ms);
  }
  const double seconds = std::chrono::duration<double>(span).count();
  return {static_cast<double>(load.acknowledged() - before) / seconds, most};
}

std::size_t open_connections(const Node& node) {
  const std::string metrics = HttpClient(node.port(), 60s).send("GET", "/metrics", {}, "").body;
  const std::string name = "\norderflow_http_connections ";
  const std::size_t at = metrics.find(name);
  REQUIRE(at != std::string::npos);
  return std::stoul(metrics.substr(at + name.size()));
}

/// Fills the log with more than the buffers between a server and its client hold.
void fill_log(const Node& node) {
  constexpr int orders = 600;
  nlohmann::json order = order_of("bulk", 1);
  for (int i = 1; i < 100; ++i)
    order["items"].push_back(order["items"][0]);
  for (auto& item : order["items"])
    item["name"] = std::string(100, 'm');
  HttpClient client(node.port(), 60s);
  for (int i = 0; i < orders; ++i)
    place(client, order);
}

TEST_CASE("consumers that read nothing block no others, cost no memory, and can reconnect") {
  TemporaryFolder folder;
  Node node(folder.path(), {{"ORDERFLOW_BILLING_FRAUD_MAX_ORDERS", "10000"},
                            {"ORDERFLOW_NOTIFICATIONS_CHANNEL", "none"},
                            {"ORDERFLOW_HTTP_WRITE_TIMEOUT_MS", "1000"},
                            {"ORDERFLOW_LOG_LEVEL", "warn"}});
  fill_log(node);
  Load load(20263, 16, 0ms);
  load.serve(node.port());
  load.wait_for_more(200, 60s);
  const Measured alone = measure(node, load);

  std::vector<RawClient> silent;
  for (int i = 0; i < 8; ++i) {
    silent.emplace_back(node.port(), 4096);
    silent.back().send("GET /v1/events/stream?after=0 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }
  const Measured watched = measure(node, load);
  load.wait_for_more(200, 60s);
  load.stop();
  MESSAGE("alone " << alone.orders_a_second << " orders/s, " << alone.resident_bytes / 1'000'000
                   << " MB; beside 8 silent consumers " << watched.orders_a_second << " orders/s, "
                   << watched.resident_bytes / 1'000'000 << " MB");
  CHECK(watched.resident_bytes < resident_bytes_max);

  // One connection asks. A consumer that begins to read before it is cut off would not be.
  wait_until(
      "the silent are cut off", [&] { return open_connections(node) <= 1; }, 120s);

  // What they had got by then has a position to continue from.
  const std::string got = silent.front().read_until_close();
  CHECK(got.find("HTTP/1.1 200") == 0);
  CHECK(got.find("0\r\n\r\n") == std::string::npos);
  const std::size_t last = got.rfind("\nid: ", got.rfind("\n\n"));
  REQUIRE(last != std::string::npos);
  const std::int64_t seq = std::stoll(got.substr(last + 5));
  EventStream stream(node.port(), std::to_string(seq));
  for (std::int64_t next = seq + 1; next < seq + 500; ++next)
    REQUIRE(stream.next().id == std::to_string(next));
}

}  // namespace
}  // namespace orderflow::test
