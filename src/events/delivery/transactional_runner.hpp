#pragma once

#include "events/delivery/subscription.hpp"
#include "events/delivery/subscription_runner.hpp"
#include "telemetry/span.hpp"

#include <optional>

namespace orderflow::events {

/// Runs a transactional subscription: each event in a savepoint of the shared transaction, exactly
/// once, the events of one key in log order.
class TransactionalRunner final : public SubscriptionRunner {
 public:
  /// `record_name` is the name of its cursor and rows, where that is not the subscription's: a
  /// projection is rebuilt by a runner of its own, with a record of its own.
  TransactionalRunner(TransactionalSubscription subscription, RunnerServices services,
                      std::string record_name = {});

  void run(storage::Connection& connection) override;
  bool has_work(core::Timestamp now) const override;
  void describe(SubscriptionStatus& status) const override;
  void apply(storage::Connection& connection, const Event& event) override;

  const TransactionalSubscription& subscription() const noexcept { return subscription_; }

  /// Makes this the runner of a rebuild: it writes rows of `generation`.
  void write_generation(std::int64_t generation) noexcept {
    record_.generation = generation;
    dirty_ = true;
  }

  /// Takes the place of this runner's record and rows by those of `rebuilt`, which has seen at
  /// least as much of the log. `newest` is the last committed place.
  void adopt(storage::Connection& connection, const TransactionalRunner& rebuilt, Seq newest);

 private:
  const Discarded& discarded() const noexcept override { return subscription_.discarded; }
  std::string_view subscription_name() const noexcept override { return subscription_.name; }

  Seq finish_to(storage::Connection&) override { return feed_.position(); }

  void retry_due(storage::Connection& connection);
  /// Handles new events in one savepoint, which is the usual case. False, and nothing has happened,
  /// where each must be handled by itself.
  bool handle_together(storage::Connection& connection, const EventList& events);
  void handle_new(storage::Connection& connection, const EventPtr& event);
  std::optional<telemetry::Span> begin_span(const Event& event, int attempt) const;
  bool attempt(storage::Connection& connection, const Event& event, std::optional<Row> row);

  const TransactionalSubscription subscription_;
};

}  // namespace orderflow::events
