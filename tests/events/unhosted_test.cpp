// Cursors in the database that the node of today does not work.
#include "operator.hpp"
#include "retained.hpp"
#include "sums.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>

namespace orderflow::events {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

/// Applies ticks under a name that may be no other version's; those of the key "bad" die.
struct Applier {
  std::string name = "probe.apply";

  ProbeModule::Install install() {
    return [this](host::Host& host) {
      TransactionalSubscription handler;
      handler.name = name;
      handler.kinds = {std::string(Ticked::kind)};
      handler.retry.attempts_max = 1;
      handler.handle = [](const Event& event, Turn& turn) {
        if (event.meta().key == "bad") throw std::runtime_error("refused");
        apply(event, turn);
      };
      host.subscribe(std::move(handler));
    };
  }
};

/// "name|module|cursor" of each cursor that nobody works.
Lines unhosted(test::ModuleHarness& harness) {
  return harness.node().services().readers.read(event_owner, [&](storage::Session session) {
    Lines lines;
    for (const UnhostedCursor& cursor : harness.node().dispatcher().unhosted(session)) {
      lines.push_back(cursor.name + "|" + cursor.module.value_or("-") + "|" +
                      std::to_string(cursor.cursor.value()));
    }
    return lines;
  });
}

/// Until it is done, as the route does; how many writes it took.
int forget(Operator& operator_, const std::string& name) {
  for (int writes = 1;; ++writes) {
    const auto forgotten =
        operator_.operate([&](Operations& operations, storage::Connection& connection) {
          return operations.forget(connection, operator_.actor, name);
        });
    REQUIRE(forgotten.has_value());
    if (*forgotten) return writes;
  }
}

Refusal::Reason forget_refused(Operator& operator_, const std::string& name) {
  const auto forgotten =
      operator_.operate([&](Operations& operations, storage::Connection& connection) {
        return operations.forget(connection, operator_.actor, name);
      });
  REQUIRE_FALSE(forgotten.has_value());
  return forgotten.error().reason;
}

TEST_CASE("what a module that is not hosted now has not had stays, however old it is") {
  Applier applier;
  Probe probe(applier.install(), keeping(1h));
  probe.tick("a", 1);
  probe.harness.run_until_idle();
  probe.harness.host_only({});
  probe.harness.restart();
  probe.tick("a", 2);
  probe.tick("b", 3);
  probe.harness.advance(48h);
  scan(probe.harness);
  CHECK(positions(probe.harness) == Lines{"2", "3"});
  CHECK(unhosted(probe.harness) == Lines{"probe.apply|probe|1"});

  probe.harness.host_only({"probe"});
  probe.harness.restart();
  probe.harness.run_until_idle();
  CHECK(probe.applied() == Lines{"a:1", "a:2", "b:3"});
  CHECK(unhosted(probe.harness).empty());
  scan(probe.harness);
  CHECK(positions(probe.harness).empty());
}

TEST_CASE("a cursor that no version knows holds the log until an operator forgets it") {
  Applier applier;
  Probe probe(applier.install(), keeping(1h));
  Operator operator_(probe.harness);
  probe.tick("a", 1);
  probe.harness.run_until_idle();
  applier.name = "probe.renamed";
  probe.harness.restart();
  probe.tick("a", 2);
  probe.harness.run_until_idle();
  probe.harness.advance(48h);
  scan(probe.harness);
  CHECK(positions(probe.harness) == Lines{"2"});
  CHECK(unhosted(probe.harness) == Lines{"probe.apply|-|1"});

  CHECK(forget_refused(operator_, "probe.renamed") == Refusal::Reason::not_possible);
  CHECK(forget_refused(operator_, "probe.none") == Refusal::Reason::no_such_subscription);
  CHECK(forget(operator_, "probe.apply") == 1);
  CHECK(forget_refused(operator_, "probe.apply") == Refusal::Reason::no_such_subscription);
  CHECK(unhosted(probe.harness).empty());
  CHECK(probe.harness.rows("event", "SELECT action, subscription FROM event_audit") ==
        Lines{"forget|probe.apply"});
  scan(probe.harness);
  CHECK(positions(probe.harness).empty());
}

TEST_CASE(
    "a forgotten subscription that comes back continues where it was, and does nothing twice") {
  Applier applier;
  Probe probe(applier.install(), keeping(1h));
  Operator operator_(probe.harness);
  probe.tick("bad", 1);
  probe.tick("bad", 2);
  probe.tick("a", 3);
  probe.harness.run_until_idle();
  probe.harness.host_only({});
  probe.harness.restart();
  probe.tick("a", 4);
  CHECK(forget(operator_, "probe.apply") == 1);
  probe.harness.advance(48h);
  scan(probe.harness);
  // What has a row of its own stays for the module to come back to.
  CHECK(positions(probe.harness) == Lines{"1", "2"});
  probe.tick("a", 5);

  probe.harness.host_only({"probe"});
  probe.harness.restart();
  probe.harness.run_until_idle();
  CHECK(probe.applied() == Lines{"a:3", "a:5"});
  CHECK(probe.harness.status("probe.apply").record.dead == 1);
  CHECK(probe.harness.status("probe.apply").record.parked == 1);
}

TEST_CASE("rows that wait for nobody are removed by a bounded number at a time") {
  Applier applier;
  Probe probe(applier.install(), keeping(1h));
  Operator operator_(probe.harness);
  probe.harness.write("probe", [](Turn& turn) {
    for (int n = 0; n < 2'500; ++n)
      turn.publish("bad", Ticked{n});
  });
  probe.harness.run_until_idle();
  applier.name = "probe.renamed";
  probe.harness.restart();
  probe.harness.run_until_idle();
  const auto count = [&] {
    return probe.harness.rows("event",
                              "SELECT count(*) FROM event_delivery"
                              " WHERE subscription = 'probe.apply'");
  };
  CHECK(count() == Lines{"2500"});
  CHECK(forget(operator_, "probe.apply") > 3);
  CHECK(count() == Lines{"0"});
  CHECK(probe.harness.rows("event",
                           "SELECT running, retrying, parked, dead FROM event_subscription"
                           " WHERE name = 'probe.apply'") == Lines{"0|0|0|0"});
  CHECK(
      probe.harness.rows("event", "SELECT 1 FROM event_attempt WHERE subscription = 'probe.apply'")
          .empty());
}

TEST_CASE("a subscription that no node hosts is no backlog that new writes would wait for") {
  Applier applier;
  host::NodeOptions options;
  options.backlog_max = 100;
  Probe probe(applier.install(), options);
  probe.tick("a", 1);
  probe.harness.run_until_idle();
  probe.harness.host_only({});
  probe.harness.restart();
  probe.harness.write("probe", [](Turn& turn) {
    for (int n = 0; n < 1'000; ++n)
      turn.publish("a", Ticked{n});
  });
  probe.harness.run_until_idle();
  CHECK(probe.harness.node().dispatcher().admit(100) == 100);
}

TEST_CASE("the log is kept for a rebuild whose module is not hosted now, until it is forgotten") {
  Sums scene;
  SumsHarness probe(scene, keeping(1h));
  Operator operator_(probe.harness);
  for (int n = 1; n <= 600; ++n)
    probe.tick("a", 1);
  probe.harness.run_until_idle();
  CHECK(operator_.rebuild("probe.sums").has_value());
  probe.harness.host_only({});
  probe.harness.restart();
  probe.harness.advance(48h);
  scan(probe.harness);
  const std::size_t left = positions(probe.harness).size();
  CHECK(left > 0);

  SUBCASE("and continues where it was") {
    probe.harness.host_only({"probe"});
    probe.harness.restart();
    probe.harness.run_until_idle();
    CHECK(sums(probe.harness) == Lines{"a=600"});
    CHECK(probe.harness.rows("event", "SELECT name, generation FROM event_subscription") ==
          Lines{"probe.sums|1"});
  }
  SUBCASE("and is given up with it") {
    CHECK(forget(operator_, "probe.sums") == 1);
    scan(probe.harness);
    CHECK(positions(probe.harness).empty());
    probe.harness.host_only({"probe"});
    probe.harness.restart();
    probe.tick("a", 1);
    probe.harness.run_until_idle();
    CHECK(sums(probe.harness) == Lines{"a=601"});
    CHECK(probe.harness.rows("probe", "SELECT DISTINCT generation FROM probe_sum") == Lines{"0"});
    CHECK(probe.harness.rows("event", "SELECT name, generation FROM event_subscription") ==
          Lines{"probe.sums|0"});
  }
}

}  // namespace
}  // namespace orderflow::events
