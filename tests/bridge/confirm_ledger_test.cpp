#include "bridge/confirm_ledger.hpp"

#include "core/random.hpp"
#include "relayed_events.hpp"

#include <doctest/doctest.h>

#include <set>
#include <vector>

namespace orderflow::bridge {
namespace {

void add(ConfirmLedger& ledger, std::int64_t first, std::int64_t last) {
  for (const events::EventPtr& event : events_of(first, last))
    ledger.add(event);
}

/// Publishes all that can be and returns which events those were.
std::vector<std::int64_t> publish_all(ConfirmLedger& ledger) {
  std::vector<std::int64_t> published;
  while (const auto position = ledger.next()) {
    published.push_back(ledger.event(*position).meta().seq.value());
    ledger.sent(*position);
  }
  return published;
}

/// The broker returns an event that must be routed; false where it is not under way.
bool give_back(ConfirmLedger& ledger, std::int64_t seq) {
  const auto position = ledger.returned(id_of(seq));
  if (position) ledger.require_route(*position);
  return position.has_value();
}

std::int64_t prefix_of(ConfirmLedger& ledger) {
  const auto upto = ledger.take_prefix();
  return upto ? upto->value() : 0;
}

using Seqs = std::vector<std::int64_t>;

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
  publish_all(ledger);
  CHECK(ledger.returned(id_of(1)).has_value());
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

/// A ledger, and a broker that answers as a seed draws it.
class DrawnBroker {
 public:
  explicit DrawnBroker(std::uint64_t seed) : random_(seed) {}

  bool is_settled() const noexcept { return prefix_ == added_; }

  /// When it is calm, nothing is added and everything is confirmed.
  void step(bool is_calm) {
    if (!is_calm && random_.below(3) == 0) {
      ++added_;
      ledger_.add(event_of(added_, "k" + std::to_string(random_.below(4))));
    }
    if (const auto position = ledger_.next(); position && random_.below(2) == 0) {
      on_channel_.push_back(ledger_.event(*position).meta().seq.value());
      unresolved_.insert(on_channel_.size());
      ledger_.sent(*position);
    }
    if (!unresolved_.empty() && random_.below(3) == 0) answer(is_calm);
    if (random_.below(20) == 0) ledger_.retry_deferred();
    if (!is_calm && random_.below(100) == 0) {
      ledger_.start_again();
      on_channel_.clear();
      unresolved_.clear();
    }
    REQUIRE(ledger_.in_flight() == unresolved_.size());
    check_prefix();
  }

  const ConfirmLedger& ledger() const noexcept { return ledger_; }

 private:
  void answer(bool is_calm) {
    auto one = unresolved_.begin();
    std::advance(one, static_cast<std::ptrdiff_t>(random_.below(unresolved_.size())));
    const std::uint64_t tag = *one;
    const bool multiple = random_.below(4) == 0;
    const auto fate = is_calm ? 0 : random_.below(6);
    const auto from = multiple ? unresolved_.begin() : one;
    for (auto each = from; each != std::next(one); ++each) {
      const std::int64_t seq = on_channel_[*each - 1];
      if (fate == 1) REQUIRE(give_back(ledger_, seq));
      if (fate != 1 && fate != 2) taken_.insert(seq);
    }
    fate == 2 ? ledger_.nack(tag, multiple) : ledger_.confirm(tag, multiple);
    unresolved_.erase(from, std::next(one));
  }

  void check_prefix() {
    const auto upto = ledger_.take_prefix();
    if (!upto) return;
    for (std::int64_t seq = prefix_ + 1; seq <= upto->value(); ++seq)
      REQUIRE(taken_.contains(seq));
    REQUIRE(upto->value() > prefix_);
    prefix_ = upto->value();
  }

  core::SeededRandom random_;
  ConfirmLedger ledger_;
  std::set<std::int64_t> taken_;
  std::vector<std::int64_t> on_channel_;  // by tag
  std::set<std::uint64_t> unresolved_;
  std::int64_t added_ = 0;
  std::int64_t prefix_ = 0;
};

TEST_CASE("whatever the broker does, all is settled in the end and never before it was taken") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    DrawnBroker broker(seed);
    for (int step = 0; step < 600 || !broker.is_settled(); ++step) {
      REQUIRE(step < 20'000);
      broker.step(step >= 600);
    }
    CHECK(broker.ledger().empty());
    CHECK(broker.ledger().deferred() == 0);
    CHECK(broker.ledger().outstanding() == 0);
  }
}

}  // namespace
}  // namespace orderflow::bridge
