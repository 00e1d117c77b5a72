#include "events/follow_up.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace orderflow::events {
namespace {

// How often a transaction goes through the subscriptions: an order's way from its request to the
// charge takes two.
constexpr int rounds_max = 4;

}  // namespace

void FollowUp::hand_on() {
  const auto published = outbox_.since(handed_on_);
  if (published.empty()) return;
  for (const auto& lane : lanes_)
    lane->offer(published, published.back()->meta().seq);
  handed_on_ = outbox_.mark();
}

void FollowUp::run(storage::Connection& connection) {
  std::vector<Lane*> up_to_date;
  std::vector<Lane*> behind;
  for (const auto& lane : lanes_)
    (lane->keeps_up() ? up_to_date : behind).push_back(lane.get());
  const core::Timestamp now = clock_.now();
  bool worked = true;
  for (int round = 0; worked && round < rounds_max; ++round) {
    worked = false;
    for (Lane*& lane : up_to_date) {
      hand_on();
      if (!lane->has_work(now)) continue;
      lane->run(connection);
      worked = true;
      if (!lane->keeps_up()) lane = nullptr;
    }
    std::erase(up_to_date, nullptr);
  }
  for (Lane* lane : behind)
    catch_up(connection, *lane);
}

void FollowUp::catch_up(storage::Connection& connection, Lane& lane) const {
  const core::Timestamp now = clock_.now();
  if (!lane.has_work(now)) return;
  const auto added = static_cast<std::size_t>(std::ranges::count_if(
      outbox_.since({}), [&](const EventPtr& event) { return lane.wants(*event); }));
  std::size_t taken = 0;
  for (int round = 0; taken < added && round < rounds_max && lane.has_work(now); ++round) {
    lane.run(connection);
    taken += Lane::events_a_run;
  }
}

void FollowUp::end() {
  hand_on();
  handed_on_ = {};
}

}  // namespace orderflow::events
