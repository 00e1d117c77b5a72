#include "bridge/confirm_ledger.hpp"

#include "core/random.hpp"
#include "published_copies.hpp"

#include <doctest/doctest.h>

#include <set>
#include <vector>

namespace orderflow::bridge {
namespace {

/// The broker returns an event that a queue must take; false where it is not under way.
bool give_back(ConfirmLedger& ledger, std::int64_t seq) {
  return ledger.returned(id_of(seq), only_copy.recipient);
}

TEST_CASE("events are published in the order of the log and once") {
  ConfirmLedger ledger;
  add(ledger, 1, 3);
  CHECK(publish_all(ledger) == Seqs{1, 2, 3});
  CHECK(publish_all(ledger).empty());
  add(ledger, 4, 4);
  CHECK(publish_all(ledger) == Seqs{4});
  CHECK(ledger.in_flight() == 4);
}

TEST_CASE("the prefix ends before the first event that is not confirmed") {
  ConfirmLedger ledger;
  add(ledger, 1, 4);
  publish_all(ledger);
  CHECK(ledger.confirm(2, false) == 1);
  CHECK(ledger.confirm(4, false) == 1);
  CHECK(prefix_of(ledger) == 0);
  CHECK(ledger.confirm(1, false) == 1);
  CHECK(prefix_of(ledger) == 2);
  CHECK(prefix_of(ledger) == 0);
  CHECK(ledger.confirm(3, true) == 1);
  CHECK(prefix_of(ledger) == 4);
  CHECK(ledger.empty());
}

TEST_CASE("a confirmation of several covers all tags up to it, and 0 covers all") {
  ConfirmLedger ledger;
  add(ledger, 1, 5);
  publish_all(ledger);
  CHECK(ledger.confirm(3, true) == 3);
  CHECK(prefix_of(ledger) == 3);
  CHECK(ledger.confirm(0, true) == 2);
  CHECK(prefix_of(ledger) == 5);
}

TEST_CASE("a confirmation that concerns nothing changes nothing") {
  ConfirmLedger ledger;
  CHECK(ledger.confirm(0, true) == 0);
  add(ledger, 1, 2);
  publish_all(ledger);
  CHECK(ledger.confirm(1, false) == 1);
  CHECK(ledger.confirm(1, false) == 0);
  CHECK(ledger.confirm(99, false) == 0);
  CHECK(prefix_of(ledger) == 1);
  CHECK(ledger.confirm(~std::uint64_t{0}, true) == 1);
  CHECK(prefix_of(ledger) == 2);
}

TEST_CASE("on a new channel all that is not confirmed is published again in order") {
  ConfirmLedger ledger;
  add(ledger, 1, 5);
  publish_all(ledger);
  ledger.confirm(1, false);
  ledger.confirm(3, false);
  ledger.nack(4, false);
  CHECK(prefix_of(ledger) == 1);
  ledger.start_again();
  CHECK(ledger.in_flight() == 0);
  CHECK(ledger.deferred() == 0);
  CHECK(publish_all(ledger) == Seqs{2, 4, 5});
  CHECK(ledger.confirm(1, true) == 1);
  CHECK(prefix_of(ledger) == 3);
  CHECK(ledger.confirm(3, true) == 2);
  CHECK(prefix_of(ledger) == 5);
}

TEST_CASE("a nacked event is published again when the held are released") {
  ConfirmLedger ledger;
  add(ledger, 1, 2);
  publish_all(ledger);
  CHECK(ledger.nack(1, false) == 1);
  CHECK(ledger.deferred() == 1);
  CHECK(publish_all(ledger).empty());
  ledger.confirm(2, false);
  CHECK(prefix_of(ledger) == 0);
  ledger.retry_deferred();
  CHECK(publish_all(ledger) == Seqs{1});
  ledger.confirm(3, false);
  CHECK(prefix_of(ledger) == 2);
  CHECK(ledger.deferred() == 0);
}

TEST_CASE("a returned event that needs no receiver counts as confirmed") {
  ConfirmLedger ledger;
  add(ledger, 1, 1);
  ledger.sent(*ledger.next(), {.index = 0, .recipient = 0});
  CHECK(ledger.returned(id_of(1), 0));
  CHECK(prefix_of(ledger) == 0);
  ledger.confirm(1, false);
  CHECK(prefix_of(ledger) == 1);
}

TEST_CASE("a returned event that needs a receiver holds the prefix until it is taken") {
  ConfirmLedger ledger;
  add(ledger, 1, 3);
  publish_all(ledger);
  CHECK(give_back(ledger, 2));
  ledger.confirm(3, true);
  CHECK(prefix_of(ledger) == 1);
  CHECK(ledger.deferred() == 1);

  ledger.retry_deferred();
  CHECK(publish_all(ledger) == Seqs{2});
  CHECK(give_back(ledger, 2));
  ledger.confirm(4, false);
  CHECK(prefix_of(ledger) == 0);

  ledger.retry_deferred();
  CHECK(publish_all(ledger) == Seqs{2});
  ledger.confirm(5, false);
  CHECK(prefix_of(ledger) == 3);
}

TEST_CASE("a return of an event that is not in flight is noticed") {
  ConfirmLedger ledger;
  add(ledger, 1, 1);
  CHECK_FALSE(give_back(ledger, 1));
  publish_all(ledger);
  CHECK_FALSE(give_back(ledger, 7));
  ledger.confirm(1, false);
  CHECK_FALSE(give_back(ledger, 1));
}

TEST_CASE("later events of a key wait behind its held one, other keys continue") {
  ConfirmLedger ledger;
  ledger.add(event_of(1, "a"));
  publish_all(ledger);
  give_back(ledger, 1);
  ledger.confirm(1, false);

  ledger.add(event_of(2, "a"));
  ledger.add(event_of(3, "b"));
  ledger.add(event_of(4, "a"));
  CHECK(publish_all(ledger) == Seqs{3});
  CHECK(ledger.deferred() == 3);
  ledger.retry_deferred();
  CHECK(publish_all(ledger) == Seqs{1});
  ledger.add(event_of(5, "a"));
  CHECK(publish_all(ledger).empty());
  ledger.confirm(2, true);
  ledger.confirm(3, false);
  CHECK(publish_all(ledger) == Seqs{2, 4, 5});
  ledger.confirm(6, true);
  CHECK(prefix_of(ledger) == 5);
}

TEST_CASE("of two held events of a key the earlier is tried first") {
  ConfirmLedger ledger;
  ledger.add(event_of(1, "a"));
  ledger.add(event_of(2, "a"));
  publish_all(ledger);
  ledger.nack(2, false);
  ledger.retry_deferred();
  ledger.nack(1, false);
  ledger.retry_deferred();
  CHECK(publish_all(ledger) == Seqs{1});
  ledger.confirm(3, false);
  CHECK(publish_all(ledger) == Seqs{2});
  ledger.confirm(4, false);
  CHECK(prefix_of(ledger) == 2);
}

TEST_CASE("whatever the broker does, all is settled in the end and never before it was taken") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    core::SeededRandom random(seed);
    ConfirmLedger ledger;
    std::set<std::int64_t> taken;
    std::vector<std::int64_t> on_channel;  // by tag
    std::set<std::uint64_t> unresolved;
    std::int64_t added = 0;
    std::int64_t prefix = 0;
    for (int step = 0; step < 600 || prefix < added; ++step) {
      REQUIRE(step < 20'000);
      const bool is_calm = step >= 600;
      if (!is_calm && random.below(3) == 0) {
        ++added;
        ledger.add(event_of(added, "k" + std::to_string(random.below(4))));
      }
      if (const auto position = ledger.next(); position && random.below(2) == 0) {
        on_channel.push_back(ledger.event(*position).meta().seq.value());
        unresolved.insert(on_channel.size());
        ledger.sent(*position, only_copy);
      }
      if (!unresolved.empty() && random.below(3) == 0) {
        auto one = unresolved.begin();
        std::advance(one, static_cast<std::ptrdiff_t>(random.below(unresolved.size())));
        const std::uint64_t tag = *one;
        const bool multiple = random.below(4) == 0;
        const auto fate = is_calm ? 0 : random.below(6);
        const auto from = multiple ? unresolved.begin() : one;
        for (auto each = from; each != std::next(one); ++each) {
          const std::int64_t seq = on_channel[*each - 1];
          if (fate == 1) REQUIRE(give_back(ledger, seq));
          if (fate != 1 && fate != 2) taken.insert(seq);
        }
        fate == 2 ? ledger.nack(tag, multiple) : ledger.confirm(tag, multiple);
        unresolved.erase(from, std::next(one));
      }
      if (random.below(20) == 0) ledger.retry_deferred();
      if (!is_calm && random.below(100) == 0) {
        ledger.start_again();
        on_channel.clear();
        unresolved.clear();
      }
      REQUIRE(ledger.in_flight() == unresolved.size());
      if (const auto upto = ledger.take_prefix()) {
        for (std::int64_t seq = prefix + 1; seq <= upto->value(); ++seq)
          REQUIRE(taken.contains(seq));
        REQUIRE(upto->value() > prefix);
        prefix = upto->value();
      }
    }
    CHECK(ledger.empty());
    CHECK(ledger.deferred() == 0);
    CHECK(ledger.outstanding() == 0);
  }
}

}  // namespace
}  // namespace orderflow::bridge
