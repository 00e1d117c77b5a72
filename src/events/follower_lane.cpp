#include "events/follower_lane.hpp"

#include <utility>

namespace orderflow::events {

FollowerLane::FollowerLane(FollowerSubscription subscription, RunnerServices services)
    // Its feed is of no kind: nothing is buffered for it.
    : SubscriptionRunner(std::move(subscription.name), std::move(subscription.module), {}, {},
                         OrderPolicy::skip, services),
      kinds_(std::move(subscription.kinds)),
      follower_(*subscription.follower) {}

void FollowerLane::load(storage::Connection& connection, Seq newest) {
  SubscriptionRunner::load(connection, newest);
  follower_.start(record_.cursor);
}

void FollowerLane::recheck(SubscriptionStatus& status) const {
  status.settled = follower_.settled();
  status.position = status.settled;
}

void FollowerLane::describe(SubscriptionStatus& status) const {
  SubscriptionRunner::describe(status);
  recheck(status);
  follower_.set_paused(record_.paused);
}

Seq FollowerLane::settle(storage::Connection&) {
  const Seq settled = follower_.settled();
  if (settled < record_.cursor) {
    record_.cursor = settled;
    dirty_ = true;
  }
  return settled;
}

void FollowerLane::apply(storage::Connection&, const Event&) {
  throw DryRunNotPossible("What is told to others cannot be tried without telling them.");
}

}  // namespace orderflow::events
