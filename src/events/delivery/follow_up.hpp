#pragma once

#include "core/clock.hpp"
#include "events/delivery/subscription_runners.hpp"
#include "events/log/outbox.hpp"
#include "storage/connection.hpp"

namespace orderflow::events {

/// Hands published events to the subscriptions, in log order and each once, and lets them handle
/// them in the transaction that publishes them. Belongs to the writer thread.
class FollowUp {
 public:
  /// All of them outlive it.
  FollowUp(const SubscriptionRunners& runners, const Outbox& outbox, const core::Clock& clock)
      : runners_(runners), outbox_(outbox), clock_(clock) {}

  /// Last in a transaction: lets the subscriptions that keep up handle what was published in it,
  /// and what is published because of that. An event and all that it causes here are so one commit,
  /// where nothing outside the node is waited for. Who is behind catches up by a part. Bounded:
  /// what is not finished continues in the next transaction.
  void run(storage::Connection& connection);

  /// The transaction is committed: offers what it published last. Before the outbox is emptied.
  void end();

 private:
  /// Offers the subscriptions what was published since the last call.
  void hand_on();
  /// Lets a subscription that is behind take as many more as the transaction has added for it, or
  /// it would never catch up under load.
  void catch_up(storage::Connection& connection, SubscriptionRunner& runner) const;

  const SubscriptionRunners& runners_;
  const Outbox& outbox_;
  const core::Clock& clock_;
  Outbox::Mark handed_on_{};
};

}  // namespace orderflow::events
