#pragma once

#include "core/clock.hpp"
#include "events/operations/job.hpp"

#include <chrono>
#include <optional>

namespace orderflow::events {

/// How long it is remembered that an event of another node came, from when it occurred: as long as
/// it may be sent again.
inline constexpr core::Duration received_remembered_for = std::chrono::days{30};

struct RetentionOptions {
  core::Duration keep{0};  ///< how long events are kept; 0: permanently
};

/// Removes events that are older than the limit, that every cursor in the database has passed, be
/// it worked here, of a rebuild, or of a module that is not hosted now, and that no delivery refers
/// to, in small batches that leave the writer to others in between. Dead letters keep their events.
/// That an event came from another node is remembered for longer: it may come again.
/// A position of the log is never reused. An event whose time is still to come, of a clock that was
/// ahead, is as old as the next one behind it in the log. A clock that jumps ahead makes no event
/// older: what counts is the time of day at the start and what has passed since by the steady
/// clock.
class Retention final : public Job {
 public:
  /// The clock outlives the job.
  Retention(RetentionOptions options, const core::Clock& clock)
      : options_(options), clock_(clock), began_at_(clock.now()), began_steady_(clock.steady()) {}

  void load(storage::Connection& connection, Seq newest) override;
  bool has_work(core::Timestamp now) const override { return next_step_ && *next_step_ <= now; }
  std::optional<core::Timestamp> next_due() const override { return next_step_; }
  void run(storage::Connection& connection) override;
  void scan(storage::Connection& connection) override;

 private:
  /// Up to here nobody needs an event any more, whatever its age.
  static Seq passed_by_all(storage::Connection& connection);
  /// Looks at the next events of this pass. False where it is over.
  bool look(storage::Connection& connection);
  /// The time of day, but where it was set ahead since the start.
  core::Timestamp time() const noexcept;
  void remove(storage::Connection& connection, Seq after, Seq upto) const;

  const RetentionOptions options_;
  const core::Clock& clock_;
  const core::Timestamp began_at_;
  const core::Duration began_steady_;
  std::optional<core::Timestamp> next_step_;
  // Of this pass.
  Seq looked_at_;
  Seq old_upto_;  ///< up to here all are past their time
  Seq removed_;   ///< up to here they are gone
};

}  // namespace orderflow::events
