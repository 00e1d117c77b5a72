#include "probe.hpp"

#include "events/log/deterministic_id.hpp"
#include "events/log/live_feed.hpp"

#include <doctest/doctest.h>
#include <boost/asio/io_context.hpp>

#include <string>

namespace orderflow::events {
namespace {

using Lines = std::vector<std::string>;

ProbeModule::Install nothing() {
  return [](host::Host&) {};
}

ProbeModule::Install answering() {
  return [](host::Host& host) {
    host.subscribe(TransactionalSubscription{
        .name = "probe.answer",
        .module = {},
        .kinds = {std::string(Ticked::kind)},
        .handle =
            [](const Event& event, Turn& turn) {
              turn.publish(event.meta().key, Tocked{event.as<Ticked>().n});
              turn.publish(event.meta().key, Tocked{-event.as<Ticked>().n});
            },
        .retry = {},
        .order = OrderPolicy::park});
  };
}

TEST_CASE("an event that follows carries its cause, correlation, trace and home on") {
  Probe probe(answering());
  probe.tick("k", 1);
  probe.harness.run_until_idle();
  const EventList log = probe.harness.log();
  REQUIRE(log.size() == 3);
  const EventMeta& cause = log[0]->meta();
  const EventMeta& effect = log[1]->meta();
  CHECK_FALSE(cause.causation_id);
  CHECK(effect.causation_id == cause.id);
  CHECK(effect.correlation_id == cause.correlation_id);
  CHECK(effect.traceparent == cause.traceparent);
  CHECK(effect.home == "test");
  CHECK(effect.origin == "test/probe");
  CHECK(effect.seq.value() == cause.seq.value() + 1);
}

TEST_CASE("the same work done twice publishes the same events, and the log keeps one of each") {
  Probe probe(answering());
  probe.tick("k", 1);
  probe.harness.run_until_idle();
  probe.harness.write(
      "event", [](Turn& turn) { turn.db().execute("UPDATE event_subscription SET cursor = 0"); });
  probe.harness.restart();
  probe.harness.run_until_idle();
  CHECK(probe.harness.status("probe.answer").record.handled == 2);
  CHECK(probe.harness.published<Tocked>().size() == 2);
}

TEST_CASE("what is published once about a subject is in the log once, whoever publishes it") {
  Probe probe(answering());
  const core::Uuid order = core::make_uuid_v7(1'700'000'000'123, {1});
  const core::Uuid other = core::make_uuid_v7(1'700'000'000'123, {2});
  const auto publish = [&](const core::Uuid& subject, const char* purpose) {
    return probe.harness.write(
        "probe", [&](Turn& turn) { turn.publish_once(subject, purpose, "k", Tocked{7}); });
  };
  const EventPtr first = publish(order, "end");
  publish(order, "end");
  CHECK(probe.harness.log().size() == 1);
  probe.harness.restart();
  publish(order, "end");
  CHECK(probe.harness.log().size() == 1);
  publish(order, "refund");
  publish(other, "end");
  CHECK(probe.harness.log().size() == 3);
  CHECK(first->meta().home == "test");
}

TEST_CASE(
    "a deterministic id keeps its cause's time and differs by subscription, purpose and index") {
  const core::Uuid cause = core::make_uuid_v7(1'700'000'000'123, {9, 8, 7});
  const core::Uuid id = deterministic_id(cause, "a.b", "event", 0);
  CHECK(id == deterministic_id(cause, "a.b", "event", 0));
  CHECK(id.unix_ms() == cause.unix_ms());
  CHECK((id.bytes[6] >> 4) == 7);
  CHECK((id.bytes[8] >> 6) == 2);
  CHECK(id != deterministic_id(cause, "a.c", "event", 0));
  CHECK(id != deterministic_id(cause, "a.b", "id", 0));
  CHECK(id != deterministic_id(cause, "a.b", "event", 1));
}

TEST_CASE("a page of the log names where to continue, also when a filter leaves nothing of it") {
  Probe probe(answering());
  for (int n = 1; n <= 4; ++n)
    probe.tick("k" + std::to_string(n), n);
  probe.harness.run_until_idle();
  auto& services = probe.harness.node().services();
  const auto page = [&](Seq after, EventLog::Filter filter, std::size_t limit) {
    return services.readers.read(event_owner, [&](storage::Session session) {
      return services.log.page(session, after, filter, limit);
    });
  };
  const auto first = page(Seq{0}, {}, 5);
  CHECK(first.events.size() == 5);
  CHECK(first.scanned_to == Seq{5});
  CHECK_FALSE(first.end);
  const auto rest = page(first.scanned_to, {}, 50);
  CHECK(rest.events.size() == 7);
  CHECK(rest.end);
  CHECK(page(Seq{0}, {.kind = "tock.happened", .key = "k2"}, 50).events.size() == 2);
  const auto none = page(Seq{0}, {.kind = "no.such"}, 50);
  CHECK(none.events.empty());
  CHECK(none.scanned_to == Seq{12});
  CHECK(page(Seq{99}, {}, 50).end);
}

TEST_CASE("events handed over after a commit carry the typed body; read from the log they do too") {
  Probe probe(nothing());
  const EventPtr published = probe.harness.publish("probe", "k", Ticked{5});
  CHECK(published->as<Ticked>().n == 5);
  CHECK(probe.harness.log()[0]->as<Ticked>().n == 5);
  CHECK_THROWS_AS(published->as<Tocked>(), UnreadableEvent);
}

TEST_CASE("a turn that fails publishes nothing, and the log has no gap") {
  Probe probe(nothing());
  CHECK_THROWS_WITH(probe.harness.write("probe",
                                        [](Turn& turn) {
                                          turn.publish("k", Ticked{1});
                                          throw std::runtime_error("changed my mind");
                                        }),
                    "changed my mind");
  probe.tick("k", 2);
  const EventList log = probe.harness.log();
  REQUIRE(log.size() == 1);
  CHECK(log[0]->meta().seq == Seq{1});
}

TEST_CASE("an old version of an event is read through its upcaster") {
  Catalog catalog;
  catalog.add_schema(Ticked::kind, 1, ticked_schema);
  catalog.add<Ticked>("probe");
  const EventBody old = catalog.read(Ticked::kind, 1, R"({"n": 3})");
  CHECK(old.type == type_tag<Ticked>());
  CHECK(catalog.read(Ticked::kind, 9, R"({"n": 3})").error ==
        "this program does not know event tick.happened.v9");
  catalog.add_upcaster(Ticked::kind, 0, [](nlohmann::json document) {
    return nlohmann::json{{"n", document.at("number")}};
  });
  const EventBody upcast = catalog.read(Ticked::kind, 0, R"({"number": 4})");
  REQUIRE(upcast.type == type_tag<Ticked>());
  CHECK(static_cast<const Ticked*>(upcast.value.get())->n == 4);
}

TEST_CASE(
    "the live feed keeps a bounded number of events and refuses those who must read the log") {
  LiveFeed feed;
  feed.start(Seq{10});
  EventList events;
  for (std::int64_t seq = 11; seq <= 11 + static_cast<std::int64_t>(LiveFeed::kept_max); ++seq) {
    EventMeta meta;
    meta.seq = Seq{seq};
    events.push_back(std::make_shared<const Event>(std::move(meta), "{}", EventBody{}));
  }
  feed.publish(events, events.back()->meta().seq);
  CHECK_FALSE(feed.after(Seq{10}, 5));
  CHECK_FALSE(feed.after(Seq{3}, 5));
  const auto next = feed.after(Seq{11}, 5);
  REQUIRE(next);
  REQUIRE(next->size() == 5);
  CHECK(next->front()->meta().seq == Seq{12});
  CHECK(feed.after(feed.newest(), 5)->empty());
}

TEST_CASE(
    "a waiter is woken once for each time it is armed, and at once where it missed something") {
  LiveFeed feed;
  feed.start(Seq{0});
  boost::asio::io_context context;
  int woken = 0;
  const auto waiter = feed.make_waiter(context.get_executor(), [&] { ++woken; });
  const auto publish = [&](std::int64_t seq) {
    EventMeta meta;
    meta.seq = Seq{seq};
    feed.publish({std::make_shared<const Event>(std::move(meta), "{}", EventBody{})}, Seq{seq});
    context.restart();
    context.poll();
  };
  publish(1);
  CHECK(woken == 0);
  waiter->arm(feed, Seq{1});
  publish(2);
  publish(3);
  CHECK(woken == 1);
  waiter->arm(feed, Seq{2});
  context.restart();
  context.poll();
  CHECK(woken == 2);
  waiter->arm(feed, Seq{3});
  waiter->cancel();
  publish(4);
  CHECK(woken == 2);
}

}  // namespace
}  // namespace orderflow::events
