#pragma once

#include "events/delivery/subscription_runner.hpp"
#include "events/effects/attempt_exchange.hpp"
#include "events/effects/effect_run.hpp"
#include "events/effects/effect_turns.hpp"
#include "events/effects/running_attempts.hpp"
#include "events/effects/taken_events.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::events {

/// Runs an effect subscription: keeps up to `concurrency` attempts in flight, one at a time for
/// each key, and completes them in the shared transaction. What it does in a turn is in
/// `EffectTurns`.
///
/// The cursor never waits for a slow attempt. When a later event is settled first, those before it
/// that are still unfinished get a row (`running`, or `parked` behind their key), and the cursor
/// passes them. So at most `concurrency` plus what is held behind them has rows, however slow the
/// slowest one is, and a crash repeats exactly what was in flight.
class EffectSubscriptionRunner final : public SubscriptionRunner {
 public:
  /// What it decides on goes to `exchange`, and comes back by `finished`. Both outlive it.
  EffectSubscriptionRunner(EffectSubscription subscription, RunnerServices services, Timers& timers,
                           AttemptExchange& exchange);

  void run(storage::Connection& connection) override;
  bool has_work(core::Timestamp now) const override;
  std::optional<core::Timestamp> next_due() const override;
  void describe(SubscriptionStatus& status) const override;
  bool waits_for_peer() const noexcept override;
  Seq finished_to() const noexcept override;
  bool is_open(Seq seq) const noexcept override {
    return seq > feed_.position() || taken_.contains(seq);
  }
  void apply(storage::Connection& connection, const Event& event) override {
    turns_.apply(connection, event);
  }
  const EditReview& review_edit() const noexcept override { return subscription_.review_edit; }

  /// Takes back an attempt that has ended; `run` completes it.
  void finished(EffectRunPtr run) { ended_.push_back(std::move(run)); }

  /// From now on no attempt starts: the node is stopping.
  void stop_starting() noexcept { stopping_ = true; }
  std::size_t in_flight() const noexcept { return running_.in_flight(); }

 private:
  using Taken = TakenEvents::Entries::iterator;

  Seq finish_to(storage::Connection& connection) override;
  const Discarded& discarded() const noexcept override { return subscription_.discarded; }

  Gate gate() const;
  bool may_take(const Gate& gate) const noexcept;
  bool may_start(const Gate& gate) const noexcept;
  std::size_t slots(const Gate& gate) const noexcept {
    return std::min(subscription_.concurrency, gate.in_flight_max);
  }

  // Taking events and keeping the order of their keys.
  void take_new(storage::Connection& connection);
  void take_due_retries(storage::Connection& connection);
  /// The event is done, or left to its row.
  void let_next_of_key_run(storage::Connection& connection, const EventMeta& finished);
  void park_followers(storage::Connection& connection, const EventMeta& failed);

  // Starting attempts.
  void start_ready(storage::Connection& connection, const Gate& open);
  /// Starts as many as there is room for, prepared in one savepoint, which is the usual case.
  /// False, and nothing has happened, where each must be started by itself.
  bool start_together(storage::Connection& connection, const Gate& open);
  void start_alone(storage::Connection& connection, Taken entry);
  EffectRunPtr make_run(const TakenEvent& entry) {
    return turns_.make_run(*this, entry.event, entry.row ? entry.row->attempts.failed + 1 : 1);
  }
  void launch(Taken entry, EffectRunPtr run);

  // Ending attempts.
  /// Runs the completions of what has succeeded in one savepoint, which is the usual case.
  void complete_together(storage::Connection& connection, const std::vector<EffectRunPtr>& ended);
  void end_attempt(storage::Connection& connection, const EffectRunPtr& run);
  void expire_overdue(storage::Connection& connection);
  void succeed(storage::Connection& connection, Taken entry, EffectRun& run);
  void finish(storage::Connection& connection, Taken entry, const EffectRun& run);
  /// What a failed attempt means for the next one.
  static Failure failure_of(const AttemptResult& result) noexcept;
  void fail(storage::Connection& connection, Taken entry, EffectRun& run,
            const AttemptResult& result);
  void give_up(storage::Connection& connection, const Event& event, const std::string& error);

  const EffectSubscription subscription_;
  const std::size_t taken_max_;
  TakenEvents taken_;
  EffectTurns turns_;
  AttemptExchange& exchange_;
  RunningAttempts running_;
  std::vector<EffectRunPtr> ended_;
  Seq last_finished_;  ///< the last event that is done or has a row
  bool stopping_ = false;
};

}  // namespace orderflow::events
