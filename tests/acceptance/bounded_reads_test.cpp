// What one read costs has a bound, whatever is stored and whatever is asked for. It is counted in
// steps of SQLite's virtual machine, which are the same on any machine.
#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace orderflow::test {
namespace {

using nlohmann::json;

// 100,000 events: to look at all rows of any table takes several times what is allowed.
constexpr int orders_placed = 20'000;
constexpr std::int64_t steps_max = 100'000;

void place_orders(std::uint16_t port) {
  constexpr int clients = 8;
  std::vector<std::thread> threads;
  for (int client = 0; client < clients; ++client) {
    threads.emplace_back([=] {
      HttpClient http(port);
      for (int i = client; i < orders_placed; i += clients) {
        const std::string method = i % 1'000 == 0 ? "sim-decline" : "";
        place(http, order_of("user-" + std::to_string(i % 2'000), 1, method));
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
}

std::int64_t steps_of_reads(HttpClient& client) {
  const std::string text = client.get("/metrics").body;
  const std::string name = "\norderflow_storage_read_steps_total ";
  const auto place = text.find(name);
  REQUIRE(place != std::string::npos);
  return static_cast<std::int64_t>(std::stod(text.substr(place + name.size())));
}

/// A list, and what each of its filters may be.
struct List {
  std::string path;
  std::map<std::string, std::vector<std::string>> filters;
};

/// Something to ask for under the name of a parameter that has no list of values.
std::vector<std::string> values_of(const std::string& name, const json& order) {
  static const std::map<std::string, std::string> known{
      {"id", "id"}, {"orderId", "id"}, {"key", "id"}, {"userId", "userId"}};
  if (const auto found = known.find(name); found != known.end()) {
    return {order.at(found->second).get<std::string>()};
  }
  return {name == "kind" ? "order.cancel_requested" : "nothing"};
}

/// What a reference stands for.
json resolved(const json& document, const json& value) {
  if (!value.contains("$ref")) return value;
  return document.at(json::json_pointer(value["$ref"].get<std::string>().substr(1)));
}

std::vector<List> lists_of(HttpClient& client, const json& order) {
  const json document = client.get("/openapi.json").json();
  std::vector<List> lists;
  for (const auto& [path, operations] : document.at("paths").items()) {
    if (!operations.contains("get") || path.find('{') != std::string::npos) continue;
    List list{.path = path, .filters = {}};
    bool has_pages = false;
    for (const json& listed : operations["get"].value("parameters", json::array())) {
      const json parameter = resolved(document, listed);
      if (parameter.at("in") != "query") continue;
      const std::string name = parameter.at("name");
      if (name == "limit") {
        has_pages = true;
        continue;
      }
      if (name == "after" || name == "before") continue;
      auto& values = list.filters[name];
      const json schema = resolved(document, parameter.at("schema"));
      if (schema.contains("enum")) {
        values = schema["enum"].get<std::vector<std::string>>();
      } else {
        values = values_of(name, order);
      }
    }
    if (has_pages) lists.push_back(std::move(list));
  }
  return lists;
}

/// Every choice of values for every choice of filters.
std::vector<std::string> queries_of(const List& list) {
  std::vector<std::string> queries{"?limit=1", "?limit=100"};
  for (const auto& [name, values] : list.filters) {
    const std::vector<std::string> without = queries;
    for (const std::string& value : values) {
      for (const std::string& query : without)
        queries.push_back(query + "&" + name + "=" + value);
    }
  }
  return queries;
}

TEST_CASE("one page of any list, by any filters, costs a bounded number of steps" *
          doctest::skip(sanitized)) {
  TemporaryFolder folder;
  Node node(folder.path(), {{"ORDERFLOW_BILLING_FRAUD_MAX_ORDERS", "10000"},
                            {"ORDERFLOW_NOTIFICATIONS_CHANNEL", "none"}});
  place_orders(node.port());
  HttpClient client(node.port());
  const json order = place(client, order_of("user-1", 1, ""));
  settled(client, order.at("id"));

  std::size_t asked = 0;
  std::set<std::string> paths;
  for (const List& list : lists_of(client, order)) {
    for (const std::string& query : queries_of(list)) {
      CAPTURE(list.path);
      CAPTURE(query);
      // What the metrics read is counted too: about the same each time.
      const std::int64_t before = steps_of_reads(client);
      const std::int64_t begin = steps_of_reads(client);
      const HttpResponse response = client.get(list.path + query);
      CHECK(response.status == 200);
      const std::int64_t metrics_alone = begin - before;
      const std::int64_t steps = steps_of_reads(client) - begin - metrics_alone;
      CHECK(steps <= steps_max);
      ++asked;
    }
    paths.insert(list.path);
  }
  CHECK(asked > 50);
  for (const char* path : {"/v1/orders", "/v1/payments", "/v1/notifications", "/v1/events",
                           "/v1/admin/audit", "/v1/admin/dead-letters"}) {
    CAPTURE(path);
    CHECK(paths.contains(path));
  }
}

}  // namespace
}  // namespace orderflow::test
