#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <string>

namespace orderflow::test {
namespace {

/// The value of a series, as it stands in the text; empty where there is none.
std::string value_of(const std::string& text, const std::string& series) {
  const std::size_t found = text.find("\n" + series + " ");
  if (found == std::string::npos) return "";
  const std::size_t begin = found + series.size() + 2;
  return text.substr(begin, text.find('\n', begin) - begin);
}

TEST_CASE("the metrics of a node follow what it does") {
  TemporaryFolder folder;
  Node node(folder.path());
  HttpClient client(node.port());
  const nlohmann::json first = place(client, order_of("ada", 100));
  settled(client, first.at("id"));
  place(client, order_of("ada", 100));
  CHECK(client.get("/nothing/here").status == 404);

  const HttpResponse response = client.get("/metrics");
  CHECK(response.status == 200);
  const std::string& text = response.body;
  CHECK(value_of(text,
                 "orderflow_http_requests_total{method=\"POST\",route=\"/v1/orders\","
                 "status=\"2xx\"}") == "2");
  CHECK(value_of(text,
                 "orderflow_http_requests_total{method=\"any\",route=\"none\","
                 "status=\"4xx\"}") == "1");
  CHECK(value_of(text,
                 "orderflow_http_request_seconds_count{method=\"POST\","
                 "route=\"/v1/orders\"}") == "2");
  CHECK(value_of(text, "orderflow_events_total{kind=\"order.created\"}") == "2");
  CHECK(value_of(text, "orderflow_events_total{kind=\"payment.refunded\"}") == "0");
  CHECK(value_of(text, "orderflow_storage_writes_total") == "2");
  CHECK(value_of(text, "orderflow_storage_failed") == "0");
  CHECK(value_of(text, "orderflow_subscription_dead{subscription=\"billing.capture\"}") == "0");
  CHECK(std::stoi(value_of(text,
                           "orderflow_subscription_handled_total{subscription="
                           "\"orders.settle\"}")) >= 1);
  CHECK(std::stod(value_of(text, "process_resident_memory_bytes")) > 1e6);
  CHECK(text.find("orderflow_build_info{version=\"") != std::string::npos);
  CHECK(client.get("/v1/admin/destinations").status == 200);
}

}  // namespace
}  // namespace orderflow::test
