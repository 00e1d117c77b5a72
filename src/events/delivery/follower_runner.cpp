#include "events/delivery/follower_runner.hpp"

#include <utility>

namespace orderflow::events {

FollowerRunner::FollowerRunner(FollowerSubscription subscription, RunnerServices services)
    // Its feed is of no kind: nothing is buffered for it.
    : SubscriptionRunner(std::move(subscription.name), std::move(subscription.module), {}, {},
                         OrderPolicy::skip, services),
      kinds_(std::move(subscription.kinds)),
      follower_(*subscription.follower) {}

void FollowerRunner::load(storage::Connection& connection, Seq newest) {
  SubscriptionRunner::load(connection, newest);
  handled_before_ = record_.handled;
  follower_.start(record_.cursor);
}

void FollowerRunner::recheck(SubscriptionStatus& status) const {
  status.finished_to = follower_.finished_to();
  status.position = status.finished_to;
  status.gate_closed = follower_.is_held();
  status.record.handled = handled();
}

void FollowerRunner::describe(SubscriptionStatus& status) const {
  SubscriptionRunner::describe(status);
  recheck(status);
  follower_.set_paused(record_.paused);
}

Seq FollowerRunner::finish_to(storage::Connection&) {
  const Seq finished_to = follower_.finished_to();
  // Kept with the cursor, not by a write of its own.
  record_.handled = handled();
  if (finished_to < record_.cursor) {
    record_.cursor = finished_to;
    dirty_ = true;
  }
  return finished_to;
}

void FollowerRunner::apply(storage::Connection&, const Event&) {
  throw DryRunNotPossible("What is sent to others cannot be tried without sending it.");
}

}  // namespace orderflow::events
