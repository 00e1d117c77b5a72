// What an owner does with endpoints and deliveries over REST.
#include "shop.hpp"

#include <doctest/doctest.h>

namespace orderflow::webhooks {
namespace {

using namespace std::chrono_literals;
using http::Method;

const std::string endpoint_url = "https://here.example/hooks";

TEST_CASE("failed deliveries are sent again on demand, one or all, with the same id") {
  Shop shop(R"({"retryDelays": ["1s"]})");
  const json endpoint = shop.add(endpoint_url);
  shop.carrier.answer(endpoint_url, 503);
  shop.place(1);
  shop.place(2);
  shop.harness.run_to_the_end(10min);
  CHECK(shop.deliveries() == Rows{"failed|2", "failed|2"});

  shop.carrier.answer(endpoint_url, 200);
  const std::string path = Shop::path(endpoint);
  const std::size_t before = shop.carrier.requests.size();
  CHECK(shop.send(Method::post, path + "/deliveries/1/resend").status == 202);
  shop.harness.run_to_the_end(10min);
  CHECK(shop.deliveries() == Rows{"delivered|3", "failed|2"});
  CHECK(header_of(shop.carrier.requests[before], "webhook-id") ==
        header_of(shop.carrier.requests[0], "webhook-id"));
  const http::Response rest = shop.send(Method::post, path + "/resend-failed");
  CHECK(json::parse(rest.body) == json{{"resent", 1}, {"more", false}});
  shop.harness.run_to_the_end(10min);
  CHECK(shop.deliveries() == Rows{"delivered|3", "delivered|3"});
  CHECK(shop.send(Method::post, path + "/deliveries/77/resend").status == 404);
}

TEST_CASE("what still waits cannot be sent again") {
  Shop shop;
  const json endpoint = shop.add(endpoint_url);
  shop.carrier.answer(endpoint_url, 500);
  shop.place(1);
  shop.harness.run_until_idle();
  CHECK(shop.send(Method::post, Shop::path(endpoint) + "/deliveries/1/resend").status == 409);
}

TEST_CASE("a secret is shown when it is made, and never again") {
  Shop shop;
  const json endpoint = shop.add(endpoint_url);
  CHECK(endpoint.at("secret").get<std::string>().size() == 6 + 44);
  CHECK_FALSE(shop.get(Shop::path(endpoint)).contains("secret"));
  CHECK(shop.get("/v1/webhooks").dump().find("whsec_") == std::string::npos);
}

TEST_CASE("a deleted endpoint leaves nothing, and what is under way to it is forgotten") {
  Shop shop;
  const json endpoint = shop.add(endpoint_url);
  shop.carrier.held.insert(endpoint_url);
  shop.place(1);
  shop.settle(1);
  shop.harness.run_until_idle();
  CHECK(shop.send(Method::del, Shop::path(endpoint)).status == 204);
  CHECK(shop.send(Method::get, Shop::path(endpoint)).status == 404);
  CHECK(shop.send(Method::del, Shop::path(endpoint)).status == 404);
  shop.carrier.release(endpoint_url);
  shop.harness.run_until_idle();
  for (const char* table : {"endpoint", "delivery", "message", "attempt"}) {
    CHECK(shop.harness.rows("webhooks", "SELECT 1 FROM webhooks_" + std::string(table)).empty());
  }
}

TEST_CASE("what has ended long ago is removed, what waits is kept") {
  Shop shop(R"({"keepHours": 1})");
  shop.add(endpoint_url);
  shop.place(1);
  shop.harness.run_until_idle();
  shop.carrier.answer(endpoint_url, 500);
  shop.place(2);
  shop.harness.run_to_the_end(2h);
  CHECK(shop.harness.rows("webhooks", "SELECT seq FROM webhooks_message") == Rows{"2"});
  CHECK(shop.harness.rows("webhooks", "SELECT removed_to FROM webhooks_endpoint") == Rows{"1"});
  CHECK(shop.harness.rows("webhooks", "SELECT DISTINCT seq FROM webhooks_attempt") == Rows{"2"});
}

TEST_CASE("an owner tries an endpoint out and gets the result") {
  Shop shop;
  const json endpoint = shop.add(endpoint_url);
  const auto tried = [&] {
    return json::parse(shop.send(Method::post, Shop::path(endpoint) + "/test").body);
  };
  const json good = tried();
  CHECK(good.at("delivered") == true);
  CHECK(good.at("status") == 200);
  CHECK(json::parse(shop.carrier.requests[0].body).at("type") == "webhook.test");
  CHECK(header_of(shop.carrier.requests[0], "webhook-id") == good.at("webhookId"));
  shop.carrier.answer(endpoint_url, 404);
  const json bad = tried();
  CHECK(bad.at("delivered") == false);
  CHECK(bad.at("error") == "answered 404");
  CHECK(shop.deliveries().empty());
}

TEST_CASE("a bad registration is refused, naming each field") {
  Shop shop;
  const auto pointers = [&](Method method, const std::string& path, const std::string& body) {
    const http::Response response = shop.send(method, path, body);
    CHECK(response.status == 422);
    Rows found;
    const json document = json::parse(response.body);
    for (const json& error : document.at("errors"))
      found.push_back(error.at("pointer"));
    return found;
  };
  const std::string all = "/v1/webhooks";
  CHECK(pointers(Method::post, all, "{}") == Rows{"/url"});
  CHECK(pointers(Method::post, all, "[]") == Rows{""});
  CHECK(pointers(Method::post, all, R"({"url": 7, "kinds": "all", "description": 1, "a": 1})") ==
        Rows{"/a", "/url", "/description", "/kinds"});
  CHECK(pointers(Method::post, all, R"({"url": "http://example.com/", "kinds": ["x", 1]})") ==
        Rows{"/url", "/kinds/0", "/kinds/1"});
  // What never leaves the node cannot be asked for.
  CHECK(pointers(Method::post, all,
                 R"({"url": "https://example.com/", "kinds": ["payment.requested"]})") ==
        Rows{"/kinds/0"});
  CHECK(shop.send(Method::post, all, "{").status == 400);
  const std::string path = Shop::path(shop.add(endpoint_url));
  CHECK(pointers(Method::patch, path, R"({"state": "asleep"})") == Rows{"/state"});
  CHECK(pointers(Method::post, path + "/rotate-secret", R"({"overlapHours": 721})") ==
        Rows{"/overlapHours"});
  CHECK(shop.send(Method::get, "/v1/webhooks/nothing").status == 404);
  CHECK(shop.send(Method::get, path + "/deliveries?state=asleep").status == 400);
}

TEST_CASE("the number of endpoints is bounded, and lists come in pages") {
  Shop shop(R"({"maxEndpoints": 3})");
  Rows ids;
  for (int n = 0; n < 3; ++n)
    ids.push_back(shop.add(endpoint_url).at("id"));
  CHECK(shop.send(Method::post, "/v1/webhooks", R"({"url": "https://example.com/"})").status ==
        409);
  const json first = shop.get("/v1/webhooks?limit=2");
  REQUIRE(first.at("webhooks").size() == 2);
  CHECK(first["webhooks"][0].at("id") == ids[0]);
  const json second = shop.get("/v1/webhooks?limit=2&after=" + first.at("next").get<std::string>());
  REQUIRE(second.at("webhooks").size() == 1);
  CHECK(second["webhooks"][0].at("id") == ids[2]);
  CHECK(second.at("next") == nullptr);
}

}  // namespace
}  // namespace orderflow::webhooks
