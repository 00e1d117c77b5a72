// The trace of an order, as a collector gets it from the real executable.
#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "collector.hpp"
#include "support/certificates.hpp"
#include "support/rabbitmq_broker.hpp"
#include "support/temporary_folder.hpp"
#include "support/tls_client.hpp"
#include "trace.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>

namespace orderflow::test {
namespace {

using nlohmann::json;

const std::string trace_id = "0af7651916cd43dd8448eb211c80319c";
const std::string caller = "00-" + trace_id + "-b7ad6b7169203331-01";

Settings traced(const Collector& collector, Settings more = {}) {
  more.emplace_back("ORDERFLOW_TRACES_ENDPOINT", collector.url());
  more.emplace_back("ORDERFLOW_TRACES_FLUSH_INTERVAL_MS", "20");
  more.emplace_back("ORDERFLOW_NOTIFICATIONS_WEBHOOKS_ALLOW_PRIVATE", "true");
  return more;
}

json order() {
  json body = order_of("buyer-lovelace-1815", 700, "sim-approve");
  body["email"] = "ada.lovelace@example.com";
  return body;
}

/// Places it as somebody who traces; its id.
std::string place_traced(HttpClient& client, const json& body, const std::string& traceparent) {
  const HttpResponse response = client.post(
      "/v1/orders", body, {{"traceparent", traceparent}, {"X-Correlation-ID", "order-of-ada"}});
  REQUIRE(response.status == 201);
  CHECK(response.header("traceparent").substr(0, 36) == traceparent.substr(0, 36));
  return response.json().at("id");
}

Trace wait_for_trace(Collector& collector, const std::string& id,
                     const std::set<std::string>& names) {
  const json spans = collector.wait_for("the whole trace", [&](const json& found) {
    const Trace trace(found, id);
    return std::ranges::all_of(names, [&](const auto& name) { return trace.has(name); });
  });
  return {spans, id};
}

const std::string capture_path =
    "? > POST /v1/orders > commit orders > billing.assess order.created > "
    "billing.capture payment.requested";

void check_spans(const Trace& trace, const std::string& order_id) {
  const json request = trace.the("POST /v1/orders");
  CHECK(request.at("parentSpanId") == "b7ad6b7169203331");
  CHECK(request.at("kind") == 2);
  CHECK(attribute(request, "http.request.method") == "POST");
  CHECK(attribute(request, "http.route") == "/v1/orders");
  CHECK(attribute(request, "http.response.status_code") == "201");
  CHECK(attribute(request, "orderflow.correlation_id") == "order-of-ada");
  const json capture = trace.the("billing.capture payment.requested");
  CHECK(capture.at("kind") == 3);
  CHECK(attribute(capture, "orderflow.event.key") == order_id);
  CHECK(attribute(capture, "messaging.destination.subscription.name") == "billing.capture");
  CHECK(trace.the("billing.assess order.created").at("kind") == 5);
  CHECK(trace.the("POST webhook").at("kind") == 3);
}

/// The events themselves carry the spans that published them.
void check_events(const Trace& trace, const json& events) {
  for (const json& event : events) {
    CAPTURE(event.at("type"));
    const std::string traceparent = event.at("traceparent");
    CHECK(traceparent.substr(3, 32) == trace_id);
    CHECK(std::ranges::any_of(trace.spans(), [&](const json& span) {
      return span.at("spanId") == traceparent.substr(36, 16);
    }));
  }
}

TEST_CASE("one trace shows an order from the request to the last effect, in the right tree") {
  Collector collector;
  TemporaryFolder folder;
  Node node(folder.path(), traced(collector));
  HttpClient client(node.port());
  REQUIRE(client
              .post("/v1/webhooks", {{"url", collector.url() + "/hook"},
                                     {"kinds", json::array({"order.processed"})}})
              .status == 201);
  const std::string id = place_traced(client, order(), caller);
  const Trace trace = wait_for_trace(
      collector, trace_id,
      {"POST /v1/orders", "commit orders", "users.statistics order.processed",
       "orders.settle order.processed", "notifications.report order.processed",
       "notifications.confirm order.created", "users.statistics order.created", "POST webhook"});
  collector.check_sound();

  CHECK(trace.path_of("billing.capture payment.requested") == capture_path);
  const std::string processed = capture_path + " > ";
  for (const char* name : {"orders.settle order.processed", "users.statistics order.processed",
                           "notifications.report order.processed", "POST webhook"}) {
    CAPTURE(name);
    CHECK(trace.path_of(name) == processed + name);
  }
  CHECK(trace.path_of("notifications.confirm order.created") ==
        "? > POST /v1/orders > commit orders > notifications.confirm order.created");
  check_spans(trace, id);

  const json commit = trace.the("commit orders");
  const json link = commit.at("links").at(0);
  const json batch = Trace(collector.spans(), link.at("traceId")).the("commit batch");
  CHECK(batch.at("spanId") == link.at("spanId"));
  CHECK(batch.at("links").at(0).at("spanId") == commit.at("spanId"));

  check_events(trace, get(client, "/v1/events?key=" + id).at("events"));
  const std::string all = collector.spans().dump();
  CHECK(all.find("lovelace") == std::string::npos);
  const std::string metrics = client.get("/metrics").body;
  CHECK(metrics.find("\norderflow_trace_spans_dropped_total 0\n") != std::string::npos);
  CHECK(metrics.find("\norderflow_trace_spans_exported_total 0\n") == std::string::npos);
}

TEST_CASE("each attempt of an effect has a span, and those that failed carry the error") {
  Collector collector;
  TemporaryFolder folder;
  Node node(folder.path(),
            traced(collector, {{"ORDERFLOW_BILLING_CAPTURE_RETRY_FIRST_DELAY_MS", "1"}}));
  HttpClient client(node.port());
  json body = order();
  body["paymentMethod"] = "sim-fail-2";
  settled(client, place_traced(client, body, caller));
  const Trace trace = wait_for_trace(collector, trace_id, {"orders.settle order.processed"});
  const auto attempts = trace.named("billing.capture payment.requested");
  REQUIRE(attempts.size() == 3);
  std::set<std::string> outcomes;
  for (const json& attempt : attempts)
    outcomes.insert(attribute(attempt, "orderflow.attempt") + " " +
                    attribute(attempt, "error.type"));
  CHECK(outcomes == std::set<std::string>{"1 failure", "2 failure", "3 "});
  const json settle = trace.the("orders.settle order.processed");
  const auto last = std::ranges::find_if(
      attempts, [](const json& attempt) { return attribute(attempt, "orderflow.attempt") == "3"; });
  CHECK(settle.at("parentSpanId") == last->at("spanId"));
}

TEST_CASE("what the caller does not record, and what the ratio leaves out, is not sent") {
  Collector collector;
  TemporaryFolder folder;
  Node node(folder.path(), traced(collector, {{"ORDERFLOW_TRACES_SAMPLE_RATIO", "0"}}));
  HttpClient client(node.port());
  settled(client, place(client, order()).at("id"));
  settled(client, place_traced(client, order(), caller.substr(0, 53) + "00"));
  settled(client, place_traced(client, order(), caller));
  wait_for_trace(collector, trace_id, {"orders.settle order.processed"});
  const HttpResponse unsampled = client.get("/healthz");
  CHECK(unsampled.header("traceparent").ends_with("-00"));
  node.stop();
  std::size_t requests = 0;
  for (const json& span : collector.spans()) {
    CHECK((span.at("traceId") == trace_id || span.at("name") == "commit batch"));
    if (span.at("name") == "POST /v1/orders") ++requests;
  }
  CHECK(requests == 1);
}

TEST_CASE("a collector that is away does not slow the orders, and a stop does not wait") {
  std::uint16_t port = 0;
  {
    Collector gone;
    port = gone.port();
  }
  TemporaryFolder folder;
  Node node(folder.path(),
            {{"ORDERFLOW_TRACES_ENDPOINT", "http://127.0.0.1:" + std::to_string(port)},
             {"ORDERFLOW_TRACES_FLUSH_INTERVAL_MS", "20"},
             {"ORDERFLOW_TRACES_MAX_WAITING", "50"},
             {"ORDERFLOW_TRACES_MAX_BATCH", "10"}});
  HttpClient client(node.port());
  for (int i = 0; i < 20; ++i)
    settled(client, place(client, order_of("u-1", 100 + i, "sim-approve")).at("id"));
  wait_until("dropped spans are counted", [&] {
    const std::string metrics = client.get("/metrics").body;
    return metrics.find("orderflow_trace_spans_dropped_total ") != std::string::npos &&
           metrics.find("\norderflow_trace_spans_dropped_total 0\n") == std::string::npos;
  });
  node.stop();
  CHECK(node.process().errors().find("the collector takes no spans") != std::string::npos);
}

TEST_CASE("one trace continues over the bridge: a node that takes orders, one that bills them") {
  RabbitmqBroker* broker = shared_broker();
  if (broker == nullptr) return;
  broker->add_vhost("traces");
  Collector collector;
  TemporaryFolder folder;
  const auto node = [&](const std::string& name, const std::string& modules) {
    return std::make_unique<Node>(folder.path() / name,
                                  traced(collector, {{"RABBIT_MQ_URI", broker->uri("traces")},
                                                     {"ORDERFLOW_NODE_NAME", name},
                                                     {"ORDERFLOW_NODE_MODULES", modules}}));
  };
  const auto front = node("front", "orders,notifications,users");
  const auto till = node("till", "billing");
  HttpClient client(front->port());
  const std::string id = place_traced(client, order(), caller);
  CHECK(settled(client, id).at("status") == "PROCESSED");
  const std::string placed = "? > POST /v1/orders > commit orders > ";
  const std::set<std::string> last{"orders.settle order.processed",
                                   "users.statistics order.processed"};
  Trace trace = wait_for_trace(collector, trace_id, last);
  // A span of the way is exported when it has ended, which may be after those that follow from it.
  wait_until("the whole way there and back is exported", [&] {
    trace = wait_for_trace(collector, trace_id, last);
    return trace.path_of("orders.settle order.processed").starts_with(placed);
  });
  collector.check_sound();
  const std::string billed = placed + "publish orderflow.events > receive orderflow.billing > ";
  CHECK(trace.path_of("billing.assess order.created") == billed + "billing.assess order.created");
  CHECK(trace.the("billing.assess order.created").at("node") == "till");
  const std::string back = billed +
                           "billing.assess order.created > billing.capture payment.requested > "
                           "publish orderflow.events > ";
  const json settle = trace.the("orders.settle order.processed");
  CHECK(settle.at("node") == "front");
  CHECK(trace.path(settle).starts_with(back + "receive orderflow.orders"));
  CHECK(trace.path(settle).ends_with(" > orders.settle order.processed"));
  for (const json& publish : trace.named("publish orderflow.events"))
    CHECK(publish.at("kind") == 4);
}

TEST_CASE("a request's scheme is that of its connection") {
  Collector collector;
  TemporaryFolder folder;
  Node plain(folder.path() / "plain", traced(collector));
  HttpClient(plain.port()).send("GET", "/healthz", {{"traceparent", caller}}, "");

  const CertificateAuthority authority(folder.path(), "authority");
  const Certificate certificate = authority.issue("node.example", "DNS:node.example");
  Process secure(serve_command(
      folder.path() / "secure",
      traced(collector, {{"ORDERFLOW_HTTP_TLS_CERTIFICATE_FILE", certificate.file.string()},
                         {"ORDERFLOW_HTTP_TLS_KEY_FILE", certificate.private_key.string()}})));
  const auto line =
      secure.wait_for_line("listening on https://127.0.0.1:", std::chrono::minutes(2));
  REQUIRE_MESSAGE(line, secure.errors());
  TlsClient client(static_cast<std::uint16_t>(std::stoul(line->substr(line->rfind(':') + 1))));
  client.send("GET /readyz HTTP/1.1\r\nHost: localhost\r\ntraceparent: " + caller + "\r\n\r\n");

  const Trace trace = wait_for_trace(collector, trace_id, {"GET /healthz", "GET /readyz"});
  CHECK(attribute(trace.the("GET /healthz"), "url.scheme") == "http");
  CHECK(attribute(trace.the("GET /readyz"), "url.scheme") == "https");
}

}  // namespace
}  // namespace orderflow::test
