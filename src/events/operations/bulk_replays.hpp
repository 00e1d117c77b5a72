#pragma once

#include "events/delivery/subscription_runners.hpp"
#include "events/operations/job.hpp"
#include "events/operations/replay_store.hpp"

#include <cstdint>
#include <vector>

namespace orderflow::events {

/// Replays dead letters in bulk, a few a batch. A run takes the letters that had died before it
/// began: one that dies again, or for the first time, is not taken. Survives restarts.
class BulkReplays final : public Job {
 public:
  static constexpr std::size_t running_max = 16;

  /// Both outlive the job.
  BulkReplays(SubscriptionRunners& runners, const core::Clock& clock)
      : runners_(runners), clock_(clock) {}

  /// Takes over a run. Its filter names a subscription that there is, or none.
  void begin(storage::Connection& connection, BulkReplay run);
  bool full() const noexcept { return runs_.size() >= running_max; }

  void load(storage::Connection& connection, Seq newest) override;
  bool has_work(core::Timestamp) const override { return !runs_.empty(); }
  void run(storage::Connection& connection) override;

 private:
  struct Scope {
    SubscriptionRunner* runner;
    ReplayScope rest;
  };
  struct Run {
    BulkReplay replay;
    std::vector<Scope> scopes;
  };

  void step(storage::Connection& connection, Run& run);
  /// False where nothing is left in the scope.
  bool replay_some(storage::Connection& connection, Run& run, Scope& scope);

  SubscriptionRunners& runners_;
  const core::Clock& clock_;
  std::vector<Run> runs_;
};

}  // namespace orderflow::events
