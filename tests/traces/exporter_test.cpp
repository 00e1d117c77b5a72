// How spans get to a collector, and what becomes of them where they do not.
#include "acceptance/support/node.hpp"
#include "collector.hpp"
#include "core/trace_context.hpp"
#include "telemetry/trace_exporter.hpp"
#include "telemetry/tracer.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using telemetry::Span;
using telemetry::SpanKind;
using telemetry::Tracer;

const core::SystemClock the_clock;
const telemetry::TraceResource resource{.version = "1.2.3", .instance = "node-7"};

telemetry::TraceExporterOptions to(const std::string& url) {
  return {.client = {.url = *telemetry::trace_url(url), .timeout = 5s},
          .flush_interval = 20ms,
          .retry_first_delay = 5ms,
          .retry_delay_max = 40ms,
          .retry_for = 60s};
}

std::unique_ptr<core::Random> chance() {
  return std::make_unique<core::SeededRandom>(7);
}

void end_some(Tracer& tracer, int count) {
  for (int i = 0; i < count; ++i)
    tracer.end(tracer.begin_trace(SpanKind::internal, "work " + std::to_string(i)));
}

TEST_CASE("a span comes to the collector whole, in the protocol's JSON encoding") {
  Collector collector;
  Tracer tracer(the_clock, 1);
  auto options = to(collector.url());
  options.client.headers = {{"Authorization", "Bearer t0ken"}};
  telemetry::TraceExporter exporter(tracer, resource, options, chance());
  auto span = tracer.begin("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                           SpanKind::producer, "publish \"x\"\xff");
  REQUIRE(span);
  span->add("a.text", "\xc3\xa4");
  span->add("a.number", std::int64_t{-9'007'199'254'740'993});
  span->links.push_back({.trace_high = 1, .trace_low = 2, .span = 3, .sampled = true});
  span->links_dropped = 4;
  span->fail("unavailable");
  span->fail("again");
  const std::string id = span->context.span_id();
  span->start = core::from_micros(1'700'000'000'000'001);
  span->end = core::from_micros(1'700'000'000'000'002);
  tracer.end(*std::move(span));

  const json exported = collector.wait_for(1).at(0);
  collector.check_sound();
  CHECK(exported.at("traceId") == "0af7651916cd43dd8448eb211c80319c");
  CHECK(exported.at("parentSpanId") == "b7ad6b7169203331");
  CHECK(exported.at("spanId") == id);
  CHECK(exported.at("name") == "publish \"x\"\xef\xbf\xbd");
  CHECK(exported.at("kind") == 4);
  CHECK(exported.at("startTimeUnixNano") == "1700000000000001000");
  CHECK(exported.at("endTimeUnixNano") == "1700000000000002000");
  CHECK(exported.at("status") == json{{"code", 2}});
  CHECK(exported.at("node") == "node-7");
  CHECK(exported.at("links").at(0).at("spanId") == "0000000000000003");
  CHECK(exported.at("droppedLinksCount") == 4);
  const json attributes = exported.at("attributes");
  CHECK(attributes.at(1).at("value") == json{{"intValue", "-9007199254740993"}});
  CHECK(attributes.at(2).at("value") == json{{"stringValue", "unavailable"}});
  CHECK(collector.requests().at("headers").at("authorization") == "Bearer t0ken");
  wait_until("it is counted", [&] { return tracer.counters().exported == 1; });
  CHECK(tracer.counters().dropped == 0);
}

TEST_CASE("a trace is recorded where its caller asks for it, and else by its id and the ratio") {
  Tracer none(the_clock, 1, {.sample_ratio = 0});
  Tracer half(the_clock, 1, {.sample_ratio = 0.5});
  Tracer all(the_clock, 1, {.sample_ratio = 1});
  const std::string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-";
  CHECK(none.begin(trace + "01", SpanKind::internal, "x"));
  CHECK_FALSE(all.begin(trace + "00", SpanKind::internal, "x"));
  CHECK_FALSE(all.begin("", SpanKind::internal, "x"));
  CHECK_FALSE(all.begin("nonsense", SpanKind::internal, "x"));
  core::SeededRandom random(3);
  int recorded = 0;
  for (int i = 0; i < 2'000; ++i) {
    std::string parent = core::child_traceparent("", random);
    half.decide(parent);
    std::string again = parent;
    half.decide(again);
    CHECK(again == parent);
    if (parent.ends_with("-01")) ++recorded;
    none.decide(parent);
    CHECK(parent.ends_with("-00"));
    all.decide(parent);
    CHECK(parent.ends_with("-01"));
  }
  CHECK(recorded > 900);
  CHECK(recorded < 1'100);
}

TEST_CASE(
    "where the collector is away nobody waits, memory is bounded and dropped spans are counted") {
  std::uint16_t port = 0;
  {
    Collector first;
    port = first.port();
  }
  Tracer tracer(the_clock, 1, {.waiting_max = 100, .batch_max = 10});
  telemetry::TraceExporter exporter(tracer, resource,
                                    to("http://127.0.0.1:" + std::to_string(port)), chance());
  std::vector<std::thread> threads;
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] { end_some(tracer, 250); });
  for (std::thread& thread : threads)
    thread.join();
  CHECK(std::chrono::steady_clock::now() - began < 5s);
  const auto counters = tracer.counters();
  CHECK(counters.waiting <= 100);
  // A batch is under way.
  CHECK(counters.dropped >= 1'000 - 100 - 10);
  CHECK(counters.exported == 0);

  Collector back(port);
  back.wait_for(1'000 - counters.dropped);
  wait_until("all is sent", [&] { return tracer.counters().waiting == 0; });
  end_some(tracer, 5);
  back.wait_for(1'000 - counters.dropped + 5);
  back.check_sound();
  wait_until("all is counted",
             [&] { return tracer.counters().exported + tracer.counters().dropped == 1'005; });
}

TEST_CASE("a batch that is given up is counted, and the next one is tried") {
  Collector collector;
  Tracer tracer(the_clock, 1, {.batch_max = 10});
  auto options = to(collector.url());
  options.retry_for = 0ms;
  telemetry::TraceExporter exporter(tracer, resource, options, chance());
  collector.behave({{"status", 503}, {"times", 1}});
  end_some(tracer, 3);
  wait_until("three are dropped", [&] { return tracer.counters().dropped == 3; });
  end_some(tracer, 2);
  CHECK(collector.wait_for(2).size() == 2);
}

TEST_CASE("what the collector may take later is sent again, what it refuses is not") {
  Collector collector;
  Tracer tracer(the_clock, 1);
  telemetry::TraceExporter exporter(tracer, resource, to(collector.url()), chance());
  for (const int status : {429, 502, 503, 504}) {
    CAPTURE(status);
    const std::size_t before = collector.spans().size();
    collector.behave({{"status", status}, {"times", 3}});
    end_some(tracer, 1);
    collector.wait_for(before + 1);
  }
  wait_until("four are counted", [&] { return tracer.counters().exported == 4; });
  CHECK(tracer.counters().dropped == 0);
  const int requests = collector.requests().at("count");
  CHECK(requests == 16);
  collector.behave({{"status", 400}, {"times", 1}});
  end_some(tracer, 2);
  wait_until("two are dropped", [&] { return tracer.counters().dropped == 2; });
  CHECK(collector.requests().at("count") == requests + 1);
}

TEST_CASE("the collector names when to retry, and what of a batch it did not take") {
  Collector collector;
  Tracer tracer(the_clock, 1);
  telemetry::TraceExporter exporter(tracer, resource, to(collector.url()), chance());
  collector.behave({{"status", 429}, {"times", 1}, {"retry_after", 1}});
  const auto began = std::chrono::steady_clock::now();
  end_some(tracer, 1);
  collector.wait_for(1);
  CHECK(std::chrono::steady_clock::now() - began >= 1s);
  collector.behave(
      {{"status", 200}, {"times", 1}, {"body", {{"partialSuccess", {{"rejectedSpans", "2"}}}}}});
  end_some(tracer, 5);
  wait_until("the batches are counted",
             [&] { return tracer.counters().exported + tracer.counters().dropped == 6; });
  CHECK(tracer.counters().dropped == 2);
}

TEST_CASE("at the end what waits is sent, and a collector that is away does not hold it up") {
  Collector collector;
  Tracer tracer(the_clock, 1, {.waiting_max = 1'000, .batch_max = 10});
  auto options = to(collector.url());
  options.flush_interval = 1h;
  {
    telemetry::TraceExporter exporter(tracer, resource, options, chance());
    end_some(tracer, 5);
    exporter.stop(10s);
  }
  CHECK(collector.spans().size() == 5);
  collector.behave({{"status", 503}, {"times", 1'000'000}});
  const auto began = std::chrono::steady_clock::now();
  {
    telemetry::TraceExporter exporter(tracer, resource, options, chance());
    end_some(tracer, 55);
    exporter.stop(10s);
  }
  CHECK(std::chrono::steady_clock::now() - began < 8s);
  CHECK(tracer.counters().dropped == 55);
  CHECK(tracer.counters().waiting == 0);
}

TEST_CASE("the address of a collector is completed, and any other text is refused") {
  using telemetry::trace_url;
  CHECK(trace_url("http://127.0.0.1:4318") == "http://127.0.0.1:4318/v1/traces");
  CHECK(trace_url("https://collector.example/") == "https://collector.example/v1/traces");
  CHECK(trace_url("http://[::1]:4318/otlp/v1/traces") == "http://[::1]:4318/otlp/v1/traces");
  for (const char* bad : {"", "127.0.0.1:4318", "ftp://host/", "http://", "http://u:p@host/",
                          "http://host/?a=b", "http://host/#x", "grpc://host:4317"}) {
    CAPTURE(bad);
    CHECK_FALSE(trace_url(bad));
  }
}

TEST_CASE("headers are read as names and values, and what cannot be sent is refused") {
  using telemetry::trace_headers;
  CHECK(trace_headers("")->empty());
  const auto two = trace_headers("x-key = a=b ,Authorization=Basic eA==");
  REQUIRE(two);
  REQUIRE(two->size() == 2);
  CHECK(two->at(0) == std::pair<std::string, std::string>("x-key", "a=b"));
  CHECK(two->at(1).second == "Basic eA==");
  for (const char* bad : {"x", "x=", "=y", "a b=c", "x=y,,", "x=\x01", "Content-Type=text/plain"}) {
    CAPTURE(bad);
    CHECK_FALSE(trace_headers(bad));
  }
}

}  // namespace
}  // namespace orderflow::test
