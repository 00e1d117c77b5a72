#include "operator.hpp"

#include "events/operations/audit_store.hpp"
#include "events/operations/dead_letter_store.hpp"
#include "events/operations/replay_store.hpp"
#include "events/records/attempt_store.hpp"
#include "events/records/delivery_store.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <set>
#include <stdexcept>

namespace orderflow::events {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;
using Reason = Refusal::Reason;

const std::string name = "probe.apply";

/// Applies ticks, but those of the keys in `refused` die at once, and those above `n_max`.
struct Fragile {
  std::set<std::string> refused{};
  int n_max = 1'000'000;
  int attempts_max = 2;
  Lines discarded{};
  int attempts = 0;

  ProbeModule::Install install() {
    return [this](host::Host& host) {
      TransactionalSubscription handler;
      handler.name = name;
      handler.kinds = {std::string(Ticked::kind)};
      handler.retry = {
          .first_delay = 1s, .factor = 1, .delay_max = 1s, .attempts_max = attempts_max};
      handler.handle = [this](const Event& event, Turn& turn) {
        ++attempts;
        apply(event, turn);
        turn.publish(event.meta().key, Tocked{event.as<Ticked>().n});
        if (refused.contains(event.meta().key)) throw std::runtime_error("refused: not today");
        if (event.as<Ticked>().n > n_max) throw PermanentFailure("n is too large");
      };
      handler.discarded = [this](const Event& event, const std::string& reason, Turn&) {
        discarded.push_back(event.meta().key + ": " + reason);
      };
      host.subscribe(std::move(handler));
    };
  }
};

DeadLetterPage letters(Probe& probe, const DeadLetterFilter& filter = {}, std::size_t limit = 100,
                       const std::optional<DeadLetterId>& after = std::nullopt) {
  return probe.harness.node().services().readers.read(event_owner, [&](storage::Session session) {
    return list_dead_letters(session, filter, after, limit);
  });
}

std::string dry_run_rows(const DryRun& dry_run) {
  std::string text;
  for (const auto& row : dry_run.rows) {
    text += row.table;
    for (const auto& [column, cell] : row.after) {
      if (const auto* number = std::get_if<std::int64_t>(&cell)) {
        text += " " + column + "=" + std::to_string(*number);
      } else if (const auto* words = std::get_if<std::string>(&cell)) {
        text += " " + column + "=" + *words;
      }
    }
    text += ";";
  }
  return text;
}

TEST_CASE("letters of a filter are counted and listed piece by piece, each of a bounded size") {
  constexpr std::int64_t count = 2'100;
  Fragile scene{.n_max = 0};
  Probe probe(scene.install());
  for (std::int64_t n = 1; n <= count; ++n)
    probe.tick("key-" + std::to_string(n), 1);
  probe.harness.run_until_idle();
  const auto count_from = [&](const DeadLetterFilter& filter,
                              const std::optional<DeadLetterId>& after) {
    return probe.harness.node().services().readers.read(event_owner, [&](storage::Session session) {
      return count_dead_letters(session, filter, after);
    });
  };
  const DeadLetterFilter wanted{.kind = std::string(Ticked::kind)};
  const DeadLetterCount first = count_from(wanted, std::nullopt);
  CHECK(first.matching == 2'000);
  REQUIRE(first.next.has_value());
  const DeadLetterCount second = count_from(wanted, first.next);
  CHECK(second.matching == count - 2'000);
  CHECK_FALSE(second.next.has_value());

  const DeadLetterFilter all{};
  CHECK(count_from(all, std::nullopt).matching == count);
  const DeadLetterFilter none{.error = "no such error"};
  CHECK(count_from(none, std::nullopt).matching == 0);
  const DeadLetterPage page = letters(probe, none);
  CHECK(page.letters.empty());
  REQUIRE(page.next.has_value());
  CHECK_FALSE(letters(probe, none, 100, page.next).next.has_value());
}

TEST_CASE("an operator sees a dead letter's attempts, what is parked behind it, and the audit") {
  Fragile scene{.refused = {"bad", "worse"}};
  Probe probe(scene.install());
  Operator operator_(probe.harness);
  for (int n = 1; n <= 3; ++n)
    probe.tick("bad", n);
  probe.tick("worse", 4);
  probe.harness.run_to_the_end();
  const DeadLetterId id{name, Seq{1}};
  const auto look = [&](const auto& read) {
    return probe.harness.node().services().readers.read(event_owner, read);
  };
  const auto attempts =
      look([&](storage::Session session) { return attempts_of_event(session, name, Seq{1}, 10); });
  REQUIRE(attempts.size() == 2);
  CHECK(attempts[0].attempt == 1);
  CHECK(attempts[1].error == "refused: not today");
  CHECK(look([&](storage::Session session) { return parked_behind(session, id, "bad", 1); }) ==
        std::vector<Seq>{Seq{2}});
  CHECK(look([&](storage::Session session) { return oldest_delivery(session, name); }).has_value());
  const DeadLetterPage page = letters(probe, {.subscription = name});
  REQUIRE(page.letters.size() == 2);
  CHECK(page.letters[0].id.seq == Seq{1});
  CHECK(core::Uuid::parse(page.letters[0].event_id).has_value());
  CHECK_FALSE(page.letters[0].edited);

  CHECK(operator_.pause(name).has_value());
  CHECK(operator_.replay(name, 1, nlohmann::json{{"n", 7}}).has_value());
  CHECK(look([&](storage::Session session) { return edited_payload(session, id); }) ==
        R"({"n":7})");
  REQUIRE(operator_.replay_all({.key = "worse"}).has_value());
  const auto replays =
      look([&](storage::Session session) { return newest_bulk_replays(session, 10); });
  REQUIRE(replays.size() == 1);
  CHECK(replays[0].filter.key == "worse");
  const auto entries =
      look([&](storage::Session session) { return audit_page(session, std::nullopt, 2); });
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].number > entries[1].number);
  CHECK(entries[1].seq == Seq{1});
}

TEST_CASE("a replayed dead letter is applied once, and what is parked behind it follows in order") {
  Fragile scene{.refused = {"bad"}};
  Probe probe(scene.install());
  Operator operator_(probe.harness);
  for (int n = 1; n <= 3; ++n)
    probe.tick("bad", n);
  probe.harness.run_to_the_end();
  REQUIRE(probe.harness.status(name).record.dead == 1);
  REQUIRE(probe.harness.status(name).record.parked == 2);

  scene.refused.clear();
  // Paused, so that it is not done before it is asked for again.
  CHECK(operator_.pause(name).has_value());
  CHECK(operator_.replay(name, 1).has_value());
  const auto again = operator_.replay(name, 1);
  REQUIRE_FALSE(again.has_value());
  CHECK(again.error().reason == Reason::no_such_letter);
  CHECK(operator_.pause(name, false).has_value());
  probe.harness.run_to_the_end();
  CHECK(probe.applied() == Lines{"bad:1", "bad:2", "bad:3"});
  CHECK(probe.harness.status(name).record.rows() == 0);
  CHECK(probe.harness.published<Tocked>().size() == 3);
}

TEST_CASE("a replay gives new attempts, and a letter that dies again can be replayed again") {
  Fragile scene{.refused = {"bad"}};
  Probe probe(scene.install());
  Operator operator_(probe.harness);
  probe.tick("bad", 1);
  probe.harness.run_to_the_end();
  CHECK(scene.attempts == 2);
  CHECK(operator_.replay(name, 1).has_value());
  probe.harness.run_to_the_end();
  CHECK(scene.attempts == 4);
  CHECK(probe.harness.status(name).record.dead == 1);
  scene.refused.clear();
  CHECK(operator_.replay(name, 1).has_value());
  probe.harness.run_to_the_end();
  CHECK(probe.applied() == Lines{"bad:1"});
  CHECK(probe.harness.rows("event", "SELECT attempt, error IS NULL FROM event_attempt") ==
        Lines{"1|0", "2|0", "3|0", "4|0", "5|1"});
}

TEST_CASE("a dry run shows the rows and events, and nothing of it stays") {
  Fragile scene{.refused = {"bad"}};
  Probe probe(scene.install());
  Operator operator_(probe.harness);
  probe.tick("bad", 7);
  probe.harness.run_to_the_end();
  const auto log_before = probe.harness.log().size();

  const auto failing = operator_.dry_run(name, 1);
  REQUIRE(failing.has_value());
  CHECK(failing->error == "refused: not today");
  scene.refused.clear();
  const auto succeeding = operator_.dry_run(name, 1);
  REQUIRE(succeeding.has_value());
  CHECK(succeeding->error.empty());
  CHECK_FALSE(succeeding->is_effect);
  CHECK(dry_run_rows(*succeeding) == "probe_applied place=1 key=bad n=7;");
  REQUIRE(succeeding->events.size() == 1);
  CHECK(succeeding->events.front()->payload() == R"({"n":7})");

  probe.harness.run_to_the_end();
  CHECK(probe.applied().empty());
  CHECK(probe.harness.log().size() == log_before);
  CHECK(probe.harness.status(name).record.dead == 1);
  CHECK(operator_.replay(name, 1).has_value());
  probe.harness.run_to_the_end();
  CHECK(probe.harness.published<Tocked>().size() == 1);
}

TEST_CASE(
    "an edited payload is validated, used by this subscription alone, and kept in the audit") {
  Fragile scene{.n_max = 10};
  Probe probe(scene.install());
  Operator operator_(probe.harness);
  probe.tick("a", 99);
  probe.harness.run_to_the_end();
  const auto wrong = operator_.replay(name, 1, nlohmann::json{{"n", "many"}});
  REQUIRE_FALSE(wrong.has_value());
  CHECK(wrong.error().reason == Reason::not_valid);
  CHECK(wrong.error().errors.size() == 1);
  const auto dry = operator_.dry_run(name, 1, nlohmann::json{{"n", 9}});
  REQUIRE(dry.has_value());
  CHECK(dry->error.empty());

  CHECK(operator_.replay(name, 1, nlohmann::json{{"n", 9}}).has_value());
  probe.harness.restart();
  probe.harness.run_to_the_end();
  CHECK(probe.applied() == Lines{"a:9"});
  CHECK(probe.harness.log().front()->payload() == R"({"n":99})");
  CHECK(probe.harness.rows("event", "SELECT actor, action, seq, detail FROM event_audit") ==
        Lines{R"(ada|replay|1|{"payload":{"n":9}})"});
}

TEST_CASE("discarding a letter drops it with its reason, and its key continues") {
  Fragile scene{.n_max = 10};
  Probe probe(scene.install());
  Operator operator_(probe.harness);
  probe.tick("a", 99);
  probe.tick("a", 1);
  probe.harness.run_to_the_end();
  CHECK(operator_.discard(name, 1).has_value());
  CHECK_FALSE(operator_.discard(name, 1).has_value());
  probe.harness.run_to_the_end();
  CHECK(probe.applied() == Lines{"a:1"});
  CHECK(probe.harness.status(name).record.rows() == 0);
  CHECK(scene.discarded == Lines{"a: the buyer has called"});
  CHECK(probe.harness.rows("event", "SELECT action, reason FROM event_audit") ==
        Lines{"discard|the buyer has called"});
}

TEST_CASE("a bulk replay takes each letter of its snapshot once, also across a restart") {
  std::set<std::string> all;
  for (int n = 0; n < 300; ++n)
    all.insert("key-" + std::to_string(n));
  Fragile scene{.refused = all};
  Probe probe(scene.install());
  Operator operator_(probe.harness);
  for (const auto& key : all)
    probe.tick(key, 1);
  probe.harness.run_to_the_end();
  REQUIRE(probe.harness.status(name).record.dead == 300);
  const int attempts_before = scene.attempts;

  const auto run = operator_.replay_all({.subscription = name});
  REQUIRE(run.has_value());
  probe.harness.node().writer().step();
  probe.harness.restart();
  probe.harness.run_to_the_end();
  // All die again, and are not taken by the same run again.
  CHECK(probe.harness.status(name).record.dead == 300);
  CHECK(scene.attempts == attempts_before + 600);
  CHECK(probe.harness.rows("event", "SELECT replayed, finished_at IS NULL FROM event_replay") ==
        Lines{"300|0"});

  scene.refused.clear();
  CHECK(operator_.replay_all({.error = "not today"}).has_value());
  CHECK(operator_.replay_all({}).has_value());
  probe.harness.run_to_the_end();
  CHECK(probe.applied().size() == 300);
  CHECK(probe.harness.status(name).record.dead == 0);
}

TEST_CASE("a bulk replay takes no letter that dies after it was asked for") {
  std::set<std::string> all{"late"};
  for (int n = 0; n < 200; ++n)
    all.insert("key-" + std::to_string(n));
  Fragile scene{.refused = all, .attempts_max = 1};
  Probe probe(scene.install());
  Operator operator_(probe.harness);
  for (int n = 0; n < 200; ++n)
    probe.tick("key-" + std::to_string(n), 1);
  probe.harness.run_until_idle();
  REQUIRE(probe.harness.status(name).record.dead == 200);
  CHECK(operator_.replay_all({}).has_value());
  probe.harness.node().writer().step();
  probe.tick("late", 1);
  probe.harness.run_until_idle();
  CHECK(probe.harness.rows("event", "SELECT replayed FROM event_replay") == Lines{"200"});
  CHECK(scene.attempts == 401);
}

TEST_CASE("a bulk replay leaves letters alone that its filter does not match") {
  Fragile scene{.refused = {"a", "b"}, .n_max = 10};
  Probe probe(scene.install());
  Operator operator_(probe.harness);
  probe.tick("a", 1);
  probe.tick("b", 1);
  probe.tick("c", 99);
  probe.harness.run_to_the_end();
  scene.refused.clear();
  scene.n_max = 1'000;
  CHECK(operator_.replay_all({.error = "too large"}).has_value());
  probe.harness.run_to_the_end();
  CHECK(probe.applied() == Lines{"c:99"});
  CHECK(operator_.replay_all({.key = "b"}).has_value());
  probe.harness.run_to_the_end();
  CHECK(probe.applied() == Lines{"c:99", "b:1"});
  CHECK_FALSE(operator_.replay_all({.subscription = "probe.none"}).has_value());
}

TEST_CASE("letters are listed by page and filter") {
  Fragile scene{.refused = {"a", "b", "c"}};
  Probe probe(scene.install());
  for (const auto& key : scene.refused)
    probe.tick(key, 1);
  probe.harness.run_to_the_end();
  const auto first = letters(probe, {}, 2);
  REQUIRE(first.letters.size() == 2);
  REQUIRE(first.next.has_value());
  CHECK(first.next->to_text() == "probe.apply:2");
  const auto second = letters(probe, {}, 2, first.next);
  REQUIRE(second.letters.size() == 1);
  CHECK_FALSE(second.next.has_value());
  CHECK(second.letters.front().key == "c");
  CHECK(second.letters.front().error == "refused: not today");
  CHECK(second.letters.front().attempts == 2);
  CHECK(letters(probe, {.key = "b"}).letters.size() == 1);
  CHECK(letters(probe, {.error = "today"}).letters.size() == 3);
  CHECK(letters(probe, {.kind = "other.kind"}).letters.empty());
  CHECK(DeadLetterId::parse("probe.apply:0") == std::nullopt);
  CHECK(DeadLetterId::parse("probe.apply") == std::nullopt);
}

TEST_CASE(
    "the letters of an effect are replayed, run dry where it can assume a result, and discarded") {
  bool world_agrees = false;
  Lines performed;
  bool has_assumed_result = true;
  Probe probe([&](host::Host& host) {
    EffectSubscription effect;
    effect.name = "probe.effect";
    effect.kinds = {std::string(Ticked::kind)};
    effect.retry.attempts_max = 1;
    effect.perform = [&](const Event& event,
                         const EffectContext& context) -> boost::asio::awaitable<AttemptResult> {
      performed.push_back(context.token.substr(context.token.find(':')) + "#" +
                          std::to_string(context.attempt));
      if (!world_agrees) co_return AttemptResult::failure("the peer refuses");
      co_return AttemptResult::success([&event](Turn& turn) { apply(event, turn); });
    };
    effect.assumed_result = [&](const Event& event) {
      if (!has_assumed_result) throw DryRunNotPossible("nobody knows");
      return AttemptResult::success([&event](Turn& turn) { apply(event, turn); });
    };
    host.subscribe(std::move(effect));
  });
  Operator operator_(probe.harness);
  probe.tick("a", 1);
  probe.tick("a", 2);
  probe.tick("a", 3);
  probe.harness.run_to_the_end();
  const auto dry = operator_.dry_run("probe.effect", 1);
  REQUIRE(dry.has_value());
  CHECK(dry->is_effect);
  CHECK(dry_run_rows(*dry) == "probe_applied place=1 key=a n=1;");
  CHECK(performed.size() == 1);
  has_assumed_result = false;
  CHECK(operator_.dry_run("probe.effect", 1).error().reason == Reason::not_possible);

  world_agrees = true;
  CHECK(operator_.discard("probe.effect", 1).has_value());
  probe.harness.run_to_the_end();
  CHECK(probe.applied() == Lines{"a:2", "a:3"});
}

}  // namespace
}  // namespace orderflow::events
