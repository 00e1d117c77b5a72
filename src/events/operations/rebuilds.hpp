#pragma once

#include "events/delivery/subscription_runners.hpp"
#include "events/operations/job.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::events {

/// How far a rebuild is.
struct RebuildStatus {
  std::string subscription;
  std::int64_t generation;
  core::Timestamp started_at;
  Seq position;  ///< applied up to here
  Seq upto;      ///< the newest position when it began; it continues to what is newest then
};

/// Rebuilds projections from the log while they serve: a runner of its own applies the log from its
/// start into a new generation of rows; once that has seen as much as the live one, both are
/// swapped in one commit, and the old rows are removed in batches. In each batch it takes as much
/// as the last one has added and a part more, so that it ends under any load. Survives restarts;
/// where the log has then lost what it has not had, it is given up and the old rows stay.
class Rebuilds final : public Job {
 public:
  /// Both outlive the job.
  Rebuilds(SubscriptionRunners& runners, RunnerServices services)
      : runners_(runners), services_(services) {}

  /// Begins one. The subscription is a projection, has none running, and the log is whole.
  RebuildStatus begin(storage::Connection& connection, TransactionalRunner& live, Seq newest);

  /// The one of a subscription, if it runs.
  const TransactionalRunner* find(std::string_view subscription) const noexcept;
  std::vector<RebuildStatus> status() const;
  void set_paused(storage::Connection& connection, std::string_view subscription, bool paused);

  void load(storage::Connection& connection, Seq newest) override;
  void offer(const EventList& committed, Seq newest) override;
  bool has_work(core::Timestamp now) const override;
  std::optional<core::Timestamp> next_due() const override;
  void run(storage::Connection& connection) override;
  void save(storage::Connection& connection) override;

 private:
  struct Rebuild {
    TransactionalRunner* live;
    std::unique_ptr<TransactionalRunner> runner;
    core::Timestamp started_at;
    Seq upto;
    std::size_t added = 0;   ///< events that were published since its last run
    std::size_t wanted = 0;  ///< of them those that it wants
  };
  struct StaleGeneration {
    TransactionalRunner* live;
    std::int64_t generation;
  };

  Rebuild& start(storage::Connection& connection, TransactionalRunner& live,
                 std::int64_t generation, core::Timestamp started_at, Seq upto);
  static bool may_swap(const Rebuild& rebuild) noexcept;
  /// Takes as much as was added since the last time, and some runs more.
  void catch_up(storage::Connection& connection, Rebuild& rebuild) const;
  /// Forgets the record of a rebuild that cannot end well, and leaves its rows to be removed.
  static void give_up(storage::Connection& connection, const Rebuild& rebuild,
                      std::string_view because);
  static void leave_stale(storage::Connection& connection, const SubscriptionRunner& live,
                          std::int64_t generation);
  void swap(storage::Connection& connection, const Rebuild& rebuild);
  void sweep(storage::Connection& connection);

  SubscriptionRunners& runners_;
  RunnerServices services_;
  std::vector<Rebuild> running_;
  std::vector<StaleGeneration> stale_;
  Seq newest_;
};

}  // namespace orderflow::events
