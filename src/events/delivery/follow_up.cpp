#include "events/delivery/follow_up.hpp"

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
  for (const auto& runner : runners_)
    runner->offer(published, published.back()->meta().seq);
  handed_on_ = outbox_.mark();
}

void FollowUp::run(storage::Connection& connection) {
  std::vector<SubscriptionRunner*> up_to_date;
  std::vector<SubscriptionRunner*> behind;
  for (const auto& runner : runners_)
    (runner->keeps_up() ? up_to_date : behind).push_back(runner.get());
  const core::Timestamp now = clock_.now();
  bool worked = true;
  for (int round = 0; worked && round < rounds_max; ++round) {
    worked = false;
    for (SubscriptionRunner*& runner : up_to_date) {
      hand_on();
      if (!runner->has_work(now)) continue;
      runner->run(connection);
      worked = true;
      if (!runner->keeps_up()) runner = nullptr;
    }
    std::erase(up_to_date, nullptr);
  }
  for (SubscriptionRunner* runner : behind)
    catch_up(connection, *runner);
}

void FollowUp::catch_up(storage::Connection& connection, SubscriptionRunner& runner) const {
  const core::Timestamp now = clock_.now();
  if (!runner.has_work(now)) return;
  const auto added = static_cast<std::size_t>(std::ranges::count_if(
      outbox_.since({}), [&](const EventPtr& event) { return runner.wants(*event); }));
  std::size_t taken = 0;
  for (int round = 0; taken < added && round < rounds_max && runner.has_work(now); ++round) {
    runner.run(connection);
    taken += SubscriptionRunner::events_a_run;
  }
}

void FollowUp::end() {
  hand_on();
  handed_on_ = {};
}

}  // namespace orderflow::events
