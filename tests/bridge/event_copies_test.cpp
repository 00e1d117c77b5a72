// An event with several copies in the ledger of confirms, and what queues have taken of them.
#include "bridge/recent_copies.hpp"
#include "published_copies.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace orderflow::bridge {
namespace {

std::vector<ConfirmLedger::Taken> taken_of(ConfirmLedger& ledger) {
  std::vector<ConfirmLedger::Taken> taken;
  ledger.take_taken(taken);
  return taken;
}

/// Sends the copies that the event is still wanted in, of those to these recipients.
std::vector<std::uint32_t> publish_to(ConfirmLedger& ledger, ConfirmLedger::Position position,
                                      const std::vector<std::uint32_t>& recipients) {
  std::vector<std::uint32_t> published;
  for (unsigned index = 0; index < recipients.size(); ++index) {
    if (!ledger.wants(position, index)) continue;
    ledger.sent(position, {.index = index, .recipient = recipients[index]});
    published.push_back(recipients[index]);
  }
  return published;
}

using Recipients = std::vector<std::uint32_t>;

TEST_CASE("an event is confirmed when each of its copies is") {
  ConfirmLedger ledger;
  add(ledger, 1, 1);
  CHECK(publish_to(ledger, *ledger.next(), {1, 2, 0}) == Recipients{1, 2, 0});
  CHECK_FALSE(ledger.next());
  CHECK(ledger.in_flight() == 3);
  ledger.confirm(3, false);
  ledger.confirm(1, false);
  CHECK(prefix_of(ledger) == 0);
  ledger.confirm(2, false);
  CHECK(prefix_of(ledger) == 1);
  const auto taken = taken_of(ledger);
  REQUIRE(taken.size() == 2);
  CHECK(taken[0].copy.recipient == 1);
  CHECK(taken[1].copy.recipient == 2);
  CHECK(taken_of(ledger).empty());
}

TEST_CASE("only the copies that were not taken are published again") {
  ConfirmLedger ledger;
  add(ledger, 1, 1);
  publish_to(ledger, *ledger.next(), {1, 2, 0});
  CHECK(ledger.returned(id_of(1), 2));
  CHECK_FALSE(ledger.returned(id_of(1), 3));
  ledger.confirm(3, true);
  CHECK(ledger.deferred() == 1);
  SUBCASE("when the held are released") {
    ledger.retry_deferred();
  }
  SUBCASE("on a new channel") {
    ledger.start_again();
  }
  CHECK(publish_to(ledger, *ledger.next(), {1, 2, 0}) == Recipients{2});
  ledger.confirm(0, true);
  CHECK(prefix_of(ledger) == 1);
}

TEST_CASE("an event without copies is settled as it is") {
  ConfirmLedger ledger;
  add(ledger, 1, 2);
  ledger.needs_nothing(*ledger.next());
  CHECK(prefix_of(ledger) == 1);
  CHECK(publish_all(ledger) == Seqs{2});
}

TEST_CASE("what is in flight to a queue in doubt is published again, whatever the broker says") {
  ConfirmLedger ledger;
  add(ledger, 1, 1);
  publish_to(ledger, *ledger.next(), {1, 2});
  ledger.doubt(1);
  ledger.confirm(2, true);
  CHECK(prefix_of(ledger) == 0);
  ledger.retry_deferred();
  CHECK(publish_to(ledger, *ledger.next(), {1, 2}) == Recipients{1});
  ledger.confirm(3, false);
  CHECK(prefix_of(ledger) == 1);
}

TEST_CASE("a copy is repeated before what is new, and turns no position back") {
  ConfirmLedger ledger;
  add(ledger, 1, 3);
  publish_to(ledger, *ledger.next(), {1, 2});
  ledger.confirm(2, true);
  CHECK(prefix_of(ledger) == 1);
  auto taken = taken_of(ledger);
  REQUIRE(taken.size() == 2);
  ledger.repeat(taken[1].event, taken[1].copy);
  const auto repeated = ledger.next();
  REQUIRE(repeated);
  CHECK(ledger.event(*repeated).meta().seq == events::Seq(1));
  CHECK(publish_to(ledger, *repeated, {1, 2}) == Recipients{2});
  CHECK(publish_all(ledger) == Seqs{2, 3});
  ledger.confirm(3, false);
  CHECK(prefix_of(ledger) == 0);
  ledger.confirm(5, true);
  CHECK(prefix_of(ledger) == 3);
  CHECK(ledger.empty());
}

TEST_CASE("what a queue has taken is kept until the queue was seen often, or is sent again") {
  RecentCopies recent;
  const auto add = [&](std::int64_t seq, std::uint32_t recipient) {
    recent.add({.event = event_of(seq, "a"), .copy = {.index = 0, .recipient = recipient}});
  };
  add(1, 7);
  add(2, 8);
  add(3, 7);
  CHECK(recent.unseen() == 3);
  CHECK(recent.recipients() == Recipients{7, 8});
  recent.seen(7);
  recent.seen(8);
  CHECK(recent.unseen() == 0);
  add(4, 7);
  for (std::size_t look = 1; look < RecentCopies::looks_kept; ++look)
    recent.seen(8);
  CHECK(recent.recipients() == Recipients{7, 8});
  recent.seen(8);
  CHECK(recent.recipients() == Recipients{7});
  const RecentCopies::Copies lost = recent.take(7);
  REQUIRE(lost.size() == 3);
  CHECK(lost[0].event->meta().seq == events::Seq(1));
  CHECK(lost[2].event->meta().seq == events::Seq(4));
  CHECK(recent.unseen() == 0);
  CHECK(recent.take(7).empty());
  CHECK(recent.recipients().empty());
}

TEST_CASE("of many copies those that were seen are not kept") {
  RecentCopies recent;
  for (std::size_t i = 0; i <= RecentCopies::copies_max; ++i)
    recent.add({.event = event_of(1, "a"), .copy = {.index = 0, .recipient = 7}});
  CHECK(recent.unseen() == RecentCopies::copies_max + 1);
  recent.seen(7);
  CHECK(recent.recipients().empty());
}

}  // namespace
}  // namespace orderflow::bridge
