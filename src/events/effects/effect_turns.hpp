#pragma once

#include "events/delivery/subscription.hpp"
#include "events/delivery/timers.hpp"
#include "events/effects/effect_run.hpp"
#include "storage/connection.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace orderflow::events {

/// What an effect does inside the shared transaction, around its attempts: each is a turn of the
/// subscription. Belongs to the writer thread.
class EffectTurns {
 public:
  /// All of them outlive it.
  EffectTurns(const EffectSubscription& subscription, TurnServices& services, Timers& timers)
      : subscription_(subscription), services_(services), timers_(timers) {}

  /// An attempt, with its span where it is traced.
  EffectRunPtr make_run(EffectSubscriptionRunner& runner, EventPtr event, int attempt) const;
  void end_span(EffectRun& run) const;
  static void fail_span(EffectRun& run, AttemptResult::Kind kind);

  /// What is recorded of an attempt whose deadline has passed: it takes over the span. The attempt
  /// itself still runs, and its result belongs to the other thread.
  EffectRun expire(EffectRun& run) const;

  /// There is something to do or to refuse before an attempt of the event is launched.
  bool wants_preparation(const Event& event) const noexcept;

  /// Prepares an attempt, in the running savepoint. False: there is nothing to do. Throws what the
  /// subscription throws, and `PermanentFailure` where an edit is forbidden.
  bool prepare(storage::Connection& connection, EffectRun& run) const;

  /// Completes an attempt that has a completion, in the running savepoint. Throws what that throws.
  void complete(storage::Connection& connection, const EffectRun& run) const;

  /// Prepares an attempt and completes it as if the peer had agreed, in the running savepoint. For
  /// dry runs. Throws as these do, and `DryRunNotPossible`.
  void apply(storage::Connection& connection, const Event& event) const;

  /// Why a turn could not be run; it was undone.
  struct Undone {
    std::string error;
    bool permanent;

    AttemptResult as_result(std::string_view doing) const;
  };
  /// The same in savepoints of their own. Nothing: what was done is kept.
  std::optional<Undone> try_prepare(storage::Connection& connection, EffectRun& run,
                                    bool& is_wanted) const;
  /// Runs `completion`, which may be empty.
  std::optional<Undone> try_complete(storage::Connection& connection, const Event& event,
                                     const AttemptResult::Completion& completion) const;
  /// Lets the subscription know that the event is dead, where it wants to. `as_logged` is the event
  /// without an edit that is forbidden.
  std::optional<Undone> try_give_up(storage::Connection& connection, const Event& as_logged,
                                    const std::string& error) const;

 private:
  template <class Body>
  auto in_turn(storage::Connection& connection, const Event& event, const Body& body) const;
  std::optional<Undone> try_in_savepoint(storage::Connection& connection,
                                         const std::function<void()>& body) const;

  const EffectSubscription& subscription_;
  TurnServices& services_;
  Timers& timers_;
};

}  // namespace orderflow::events
