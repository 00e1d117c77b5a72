#pragma once

#include "events/lane.hpp"
#include "events/subscription.hpp"

namespace orderflow::events {

/// Runs a transactional subscription: each event in a savepoint of the shared transaction, exactly
/// once, the events of one key in log order.
class TransactionalLane final : public Lane {
 public:
  TransactionalLane(TransactionalSubscription subscription, LaneServices services);

  void run(storage::Connection& connection) override;
  bool has_work(core::Timestamp now) const override;

 private:
  Seq settle(storage::Connection&) override { return feed_.position(); }

  void retry_due(storage::Connection& connection);
  void handle_new(storage::Connection& connection, const EventPtr& event);
  bool attempt(storage::Connection& connection, const Event& event, std::optional<Row> row);

  const TransactionalSubscription subscription_;
};

}  // namespace orderflow::events
