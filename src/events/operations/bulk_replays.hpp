#pragma once

#include "core/uuid.hpp"
#include "events/delivery/subscription_runners.hpp"
#include "events/operations/dead_letters.hpp"
#include "events/operations/job.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace orderflow::events {

/// A replay of all dead letters that match a filter, and how far it is.
struct BulkReplay {
  core::Uuid id;
  core::Timestamp requested_at;
  std::string actor;
  DeadLetterFilter filter;
  std::int64_t matched = 0;   ///< when it was asked for
  std::int64_t replayed = 0;  ///< so far
  std::optional<core::Timestamp> finished_at{};
};

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
  /// What of one subscription a run still has to look at.
  struct Scope {
    SubscriptionRunner* runner;
    Seq after;
    std::int64_t upto_death;
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

/// A run, or the newest `limit` of them, on a session of `event_owner`.
std::optional<BulkReplay> find_bulk_replay(storage::Session session, core::Uuid id);
std::vector<BulkReplay> newest_bulk_replays(storage::Session session, std::size_t limit);

}  // namespace orderflow::events
