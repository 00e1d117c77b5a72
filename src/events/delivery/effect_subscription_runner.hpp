#pragma once

#include "events/delivery/effect_run.hpp"
#include "events/delivery/subscription_runner.hpp"

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace orderflow::events {

/// Runs an effect subscription: keeps up to `concurrency` attempts in flight, one at a time for
/// each key, and completes them in the shared transaction.
///
/// The cursor never waits for a slow attempt. When a later event is settled first, those before it
/// that are still unfinished get a row (`running`, or `parked` behind their key), and the cursor
/// passes them. So at most `concurrency` plus what is held behind them has rows, however slow the
/// slowest one is, and a crash repeats exactly what was in flight.
class EffectSubscriptionRunner final : public SubscriptionRunner {
 public:
  EffectSubscriptionRunner(EffectSubscription subscription, RunnerServices services,
                           Timers& timers);

  void run(storage::Connection& connection) override;
  bool has_work(core::Timestamp now) const override;
  std::optional<core::Timestamp> next_due() const override;
  void describe(SubscriptionStatus& status) const override;
  bool waits_for_peer() const noexcept override;
  Seq finished_to() const noexcept override;
  bool is_open(Seq seq) const noexcept override {
    return seq > feed_.position() || entries_.contains(seq);
  }
  void apply(storage::Connection& connection, const Event& event) override;
  const EditReview& review_edit() const noexcept override { return subscription_.review_edit; }

  /// Takes back an attempt that has ended; `run` completes it.
  void finished(EffectRunPtr run) { finished_.push_back(std::move(run)); }

  /// The attempts to launch now that the transaction that decided on them is committed.
  std::vector<EffectRunPtr> take_launches() { return std::exchange(launches_, {}); }

  /// From now on no attempt starts: the node is stopping.
  void stop_starting() noexcept { stopping_ = true; }
  std::size_t in_flight() const noexcept { return in_flight_; }

 private:
  enum class Phase { ready, behind_key, running };
  struct Entry {
    EventPtr event;
    Phase phase;
    std::optional<Row> row;
    EffectRunPtr run = nullptr;
    core::Duration expires_at{0};  ///< of the run, by the steady clock
  };
  using KeyQueue = std::deque<Seq>;
  using Entries = std::map<Seq, Entry>;

  Seq finish_to(storage::Connection& connection) override;
  const Discarded& discarded() const noexcept override { return subscription_.discarded; }

  Gate gate() const;
  bool may_take(const Gate& gate) const noexcept;
  bool may_start(const Gate& gate) const noexcept;
  /// Runs the completions of what has succeeded in one savepoint, which is the usual case.
  void record_together(storage::Connection& connection, const std::vector<EffectRunPtr>& ended);
  void complete(storage::Connection& connection, const EffectRunPtr& run);
  void succeed(storage::Connection& connection, Entries::iterator entry, EffectRun& run);
  void finish(storage::Connection& connection, Entries::iterator entry, const EffectRun& run);
  void fail(storage::Connection& connection, Entries::iterator entry, EffectRun& run,
            const AttemptResult& result);
  void end_span(EffectRun& run) const;
  static Failure failure_of(const AttemptResult& result) noexcept;
  void give_up(storage::Connection& connection, const Event& event, const std::string& error);
  /// Why a body could not be run; it was undone.
  struct Undone {
    std::string error;
    bool permanent;

    AttemptResult as_result(std::string_view doing) const;
  };
  /// Runs `body` as a turn in a savepoint. Nothing: it was kept.
  std::optional<Undone> in_turn(storage::Connection& connection, const Event& event,
                                const AttemptResult::Completion& body);
  void expire_overdue(storage::Connection& connection);
  void load_due_retries(storage::Connection& connection);
  void take_new(storage::Connection& connection);
  void admit(EventPtr event, std::optional<Row> row);
  void start_ready(storage::Connection& connection, const Gate& open);
  /// Starts as many as there is room for, prepared in one savepoint, which is the usual case.
  /// False, and nothing has happened, where each must be started by itself.
  bool start_together(storage::Connection& connection, const Gate& open);
  /// There is something to do or to refuse before it is launched.
  bool is_to_be_prepared(const Event& event) const noexcept;
  EffectRunPtr make_run(Entries::const_iterator entry);
  void launch(Entries::iterator entry, EffectRunPtr run);
  bool prepare(storage::Connection& connection, Entries::iterator entry, EffectRun& run);
  void park_followers(storage::Connection& connection, const std::string& key);
  /// The event is done, or left to its row.
  void leave(Entries::iterator entry);
  void leave_key(storage::Connection& connection, const std::string& key);
  AttemptRecord attempt_record(const EffectRun& run, std::optional<std::string> error) const;

  const EffectSubscription subscription_;
  Timers& timers_;
  const std::size_t taken_max_;
  Entries entries_;  ///< taken, unfinished, and not left to their rows
  std::deque<Seq> ready_;
  std::unordered_map<std::string, KeyQueue> by_key_;    ///< in order; the first may run
  std::set<std::pair<core::Duration, Seq>> deadlines_;  ///< of what is in flight, steady
  std::vector<EffectRunPtr> finished_;
  std::vector<EffectRunPtr> launches_;
  std::size_t in_flight_ = 0;
  std::size_t overdue_ = 0;
  core::Duration usual_duration_{0};  ///< of an attempt, as a moving average
  Seq last_finished_;                 ///< the last event that is done or has a row
  bool stopping_ = false;
};

}  // namespace orderflow::events
