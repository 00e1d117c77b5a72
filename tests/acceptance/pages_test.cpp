// Lists come in pages, and a page's `next` leads to the one after it until there is no more.
#include "acceptance/support/pages.hpp"
#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

namespace orderflow::test {
namespace {

using nlohmann::json;

std::vector<json> read_all(HttpClient& client, const std::string& target, const char* name,
                           std::size_t limit) {
  std::vector<json> all;
  for_each(client, target, name, limit, [&](const json& element) { all.push_back(element); });
  return all;
}

TEST_CASE("orders are listed in pages, newest first, of one user or of one status") {
  TemporaryFolder folder;
  Node node(folder.path());
  HttpClient client(node.port());
  std::vector<std::string> placed;
  for (int i = 0; i < 7; ++i)
    placed.push_back(place(client, order_of(i % 2 == 0 ? "even" : "odd", i == 0 ? 1 : 2,
                                            i == 3 ? "sim-decline" : ""))
                         .at("id"));
  for (const std::string& id : placed)
    settled(client, id);

  std::reverse(placed.begin(), placed.end());
  std::vector<std::string> listed;
  for (const json& order : read_all(client, "/v1/orders?", "orders", 2))
    listed.push_back(order.at("id"));
  CHECK(listed == placed);

  const auto of_user = read_all(client, "/v1/orders?userId=even&", "orders", 3);
  CHECK(of_user.size() == 4);
  const auto declined = read_all(client, "/v1/orders?status=PAYMENT_DECLINED&", "orders", 1);
  REQUIRE(declined.size() == 1);
  CHECK(declined[0].at("userId") == "odd");
  CHECK(read_all(client, "/v1/orders?userId=even&status=PAYMENT_DECLINED&", "orders", 5).empty());
  CHECK(read_all(client, "/v1/orders?userId=nobody&", "orders", 5).empty());
}

TEST_CASE("a list refuses parameters that it does not know or that make no sense") {
  TemporaryFolder folder;
  Node node(folder.path());
  HttpClient client(node.port());
  for (const char* target : {"/v1/orders?limit=0", "/v1/orders?limit=many", "/v1/orders?status=NEW",
                             "/v1/orders?color=red", "/v1/orders?after=%20", "/v1/events?after=x",
                             "/v1/payments?orderId=7", "/v1/notifications?orderId=7"}) {
    CAPTURE(target);
    const HttpResponse response = client.get(target);
    CHECK(response.status == 400);
    CHECK(response.header("content-type") == "application/problem+json");
    CHECK(response.json().at("errors").size() == 1);
  }
}

TEST_CASE("the log is listed as CloudEvents, whole or by kind or key") {
  TemporaryFolder folder;
  Node node(folder.path());
  HttpClient client(node.port());
  const std::string first = place(client, order_of("u-1", 100)).at("id");
  const std::string second = place(client, order_of("u-2", 100, "sim-decline")).at("id");
  for (const std::string& id : {first, second}) {
    settled(client, id);
    notified(client, id);
  }

  const auto created = read_all(client, "/v1/events?kind=order.created&", "events", 1);
  REQUIRE(created.size() == 2);
  CHECK(created[0].at("specversion") == "1.0");
  CHECK(created[0].at("subject") == first);
  CHECK(created[1].at("subject") == second);
  CHECK(created[0].at("data").at("orderId") == first);
  for (const char* attribute : {"id", "source", "type", "time", "datacontenttype", "dataschema"})
    CHECK_MESSAGE(created[0].at(attribute).is_string(), attribute);

  const auto of_second = read_all(client, "/v1/events?key=" + second + "&", "events", 2);
  REQUIRE(of_second.size() >= 2);
  for (const json& event : of_second)
    CHECK(event.at("subject") == second);
  const auto all = read_all(client, "/v1/events?", "events", 3);
  CHECK(all.size() > of_second.size());
}

TEST_CASE("every event in the log has its schema in the registry") {
  TemporaryFolder folder;
  Node node(folder.path());
  HttpClient client(node.port());
  settled(client, place(client, order_of("u-1", 100)).at("id"));

  const json registry = get(client, "/v1/schemas");
  CHECK_FALSE(registry.at("schemas").empty());
  for (const json& event : read_all(client, "/v1/events?", "events", 100)) {
    const std::string schema = event.at("dataschema");
    const std::string scheme = "orderflow:";
    REQUIRE(schema.starts_with(scheme + "/v1/schemas/"));
    CHECK(get(client, schema.substr(scheme.size())).contains("$schema"));
  }
  CHECK(client.get("/v1/schemas/order.created/99").status == 404);
}

}  // namespace
}  // namespace orderflow::test
