#pragma once

#include "core/readable_line.hpp"
#include "core/trace_context.hpp"
#include "events/delivery/edit.hpp"
#include "events/delivery/retry_policy.hpp"
#include "events/delivery/timers.hpp"
#include "events/log/event.hpp"
#include "events/turn/turn.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::events {

/// What makes a transactional subscription a projection: rows made from the log alone, which can be
/// rebuilt from it while the node runs. Its rows carry the generation of `Turn::generation`; a
/// rebuild runs the same handler from the start of the log in a new generation, beside the one that
/// is read, until it has caught up.
struct Projection {
  /// From this commit on the module reads the rows of `generation`.
  std::function<void(Turn&, std::int64_t generation)> swap;

  /// Removes a bounded number of rows of a generation that nobody reads. False where none is left.
  std::function<bool(Turn&, std::int64_t generation)> sweep;
};

/// Runs in the transaction in which an operator discards a dead event of a subscription.
using Discarded = std::function<void(const Event&, const std::string& reason, Turn&)>;

/// A subscription whose handler runs on the writer thread inside the shared transaction, once for
/// each event: its cursor commits with its changes.
struct TransactionalSubscription {
  /// "<module>.<verb>": a key in the database, never changed.
  std::string name;
  std::string module;
  std::vector<std::string> kinds;

  /// Synchronous and quick; touches nothing but the turn. What it throws undoes this event alone,
  /// and the event is tried again as `retry` states (`PermanentFailure`: never).
  std::function<void(const Event&, Turn&)> handle;

  RetryPolicy retry;
  OrderPolicy order = OrderPolicy::park;
  Discarded discarded = {};                   ///< optional
  std::optional<Projection> projection = {};  ///< set: it can be rebuilt
};

/// What an effect gets besides its event. Lives until the effect has ended.
struct EffectContext {
  std::string token;        ///< idempotency token: the same at every attempt
  int attempt;              ///< from 1
  core::Duration deadline;  ///< by `Clock::steady`: the attempt has failed after it; end before
  Timers* timers;           ///< to wait with `sleep_until`
  std::string note = {};    ///< what `prepare` leaves for `perform` of the same attempt
};

/// Of the error of an attempt that is kept: a line, see `core::peer_text`.
inline constexpr std::size_t error_bytes_max = 1000;

/// How an attempt of an effect ended, and what is to be written with that in one commit.
class AttemptResult {
 public:
  /// Runs in the completing transaction; may touch the module's tables and publish events. May run
  /// again after it was undone, where another of the same commit has thrown: it changes nothing but
  /// by its turn.
  using Completion = std::function<void(Turn&)>;

  static AttemptResult success(Completion completion = {}) {
    return AttemptResult(Kind::success, {}, std::move(completion), std::nullopt);
  }
  /// To be tried again by the policy, not before `not_before` where it is given. `completion`
  /// may record the failed attempt.
  static AttemptResult failure(std::string_view error, Completion completion = {},
                               std::optional<core::Timestamp> not_before = std::nullopt) {
    return AttemptResult(Kind::failure, error, std::move(completion), not_before);
  }
  /// The peer is away or has too much to do, whatever the event: it uses up no attempt. Tried again
  /// like a failure, after a wait that grows with each such result in a row up to the policy's
  /// longest; all in a row are kept as one attempt.
  static AttemptResult unavailable(std::string_view error, Completion completion = {},
                                   std::optional<core::Timestamp> not_before = std::nullopt) {
    return AttemptResult(Kind::unavailable, error, std::move(completion), not_before);
  }
  /// No retry can fix it: dead at once.
  static AttemptResult permanent_failure(std::string_view error, Completion completion = {}) {
    return AttemptResult(Kind::permanent_failure, error, std::move(completion), std::nullopt);
  }

  enum class Kind { success, failure, unavailable, permanent_failure };
  Kind kind() const noexcept { return kind_; }
  const std::string& error() const noexcept { return error_; }
  const Completion& completion() const noexcept { return completion_; }
  std::optional<core::Timestamp> not_before() const noexcept { return not_before_; }

 private:
  /// An error often quotes a peer, and goes into rows, events and answers.
  AttemptResult(Kind kind, std::string_view error, Completion completion,
                std::optional<core::Timestamp> not_before)
      : kind_(kind),
        error_(core::peer_text(error, error_bytes_max)),
        completion_(std::move(completion)),
        not_before_(not_before) {}

  Kind kind_;
  std::string error_;
  Completion completion_;
  std::optional<core::Timestamp> not_before_;
};

/// How many attempts of an effect its peer can take now.
struct Gate {
  std::size_t in_flight_max;                          ///< 0: none may start
  std::optional<core::Timestamp> look_again_at = {};  ///< when more may, where that is known
};

/// A subscription that calls another system, outside any transaction. Attempted at least once; a
/// crash can repeat only what was in flight, with the same token.
struct EffectSubscription {
  std::string name;
  std::string module;
  std::vector<std::string> kinds;

  /// Runs in the transaction that is on disk before the attempt starts, so that an intention is
  /// durable before the peer is called. False: there is nothing to do, the event is done and
  /// `perform` is not called. What it throws is a failed attempt. Optional.
  std::function<bool(const Event&, EffectContext&, Turn&)> prepare = {};

  /// Runs on the effects' executor. Event and context outlive it. What it throws counts as a
  /// failure (`PermanentFailure` as a permanent one).
  std::function<boost::asio::awaitable<AttemptResult>(const Event&, const EffectContext&)> perform;

  /// Runs in the transaction that makes the event dead, after the result's completion. Optional.
  std::function<void(const Event&, const std::string& error, Turn&)> on_dead = {};

  Discarded discarded = {};  ///< optional

  /// Called before a replay or a dry run of a dead event with an edited payload that its type
  /// allows, on the caller's thread. Optional: what the type allows is permitted.
  EditReview review_edit = {};

  /// The result if the peer agreed, without calling it: what a dry run applies. Optional.
  std::function<AttemptResult(const Event&)> assumed_result = {};

  /// Asked on the writer thread before attempts start: while the peer is away events wait in the
  /// log, behind the cursor, and use up nothing. Quick. Optional: no limit but `concurrency`.
  std::function<Gate()> gate = {};

  RetryPolicy retry;
  OrderPolicy order = OrderPolicy::park;
  core::Duration deadline = std::chrono::seconds{30};  ///< of one attempt
  std::size_t concurrency = 64;                        ///< attempts in flight, at most
};

}  // namespace orderflow::events
