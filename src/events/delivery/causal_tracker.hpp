#pragma once

#include "core/clock.hpp"
#include "events/log/event.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::events {

class SubscriptionRunner;
class SubscriptionRunners;

/// How many causal chains may be held open by rows that wait, and for how long.
struct HeldChains {
  std::size_t max = 0;  ///< the oldest end where more are held
  core::Duration longest{0};
};

/// Tracks the causal chains of received events to their end on this node: every subscription is
/// done with the event, and with all that was published because of it. A chain of which nothing is
/// left but rows that wait (for a retry, behind another, or for an operator) is held open, for they
/// are on this node's disk alone; so many at a time, and for so long. In memory; after a restart
/// what is received again is tracked again. Bounded by what is tracked at a time. Belongs to the
/// writer thread.
class CausalTracker {
 public:
  /// The caller's name for what it wants tracked.
  using TrackingNumber = std::uint64_t;

  /// Is notified of the ends of chains. Called on the writer thread after a commit, and quick.
  class Observer {
   public:
    virtual ~Observer() = default;
    virtual void chain_finished(TrackingNumber tracking_number) noexcept = 0;
    /// What was to be tracked is not taken; `reason` is for people.
    virtual void chain_refused(TrackingNumber tracking_number, const char* reason) noexcept = 0;
  };

  /// Both outlive it.
  CausalTracker(const SubscriptionRunners& runners, const core::Clock& clock)
      : runners_(runners), clock_(clock) {}

  /// One for all chains, set before anything is tracked.
  void observe(std::shared_ptr<Observer> observer, HeldChains held) {
    observer_ = std::move(observer);
    limits_ = held;
  }

  /// A row that an event has in a subscription.
  struct WaitingRow {
    std::string subscription;
    Seq seq;
  };

  /// Tracks the first of `events`, from the next call of `committed` on. The rest is what it had
  /// caused before. Without any the chain is at its end.
  /// `rows` are those that events of the chain had before.
  void track(TrackingNumber tracking_number, EventList events, std::vector<WaitingRow> rows) {
    new_chains_.push_back({tracking_number, std::move(events), std::move(rows)});
  }

  /// Tells the observer that an event is not taken. After a commit.
  void refuse(TrackingNumber tracking_number, const char* reason) noexcept {
    observer_->chain_refused(tracking_number, reason);
  }

  /// A runner is done with an event. Within a batch.
  void done(const SubscriptionRunner& runner, Seq seq);
  /// A runner has left an event to a row that waits; `done` follows when the row has ended. Within
  /// a batch.
  void left_to_row(const SubscriptionRunner& runner, Seq seq);

  /// A runner has finished events without a call of `done` for each.
  void recheck(const SubscriptionRunner& runner);

  /// The batch is on disk, and these are its events.
  void committed(const EventList& events);

  /// When a held chain has to end, by `Clock::steady`.
  std::optional<core::Duration> next_due() const;

  /// How many events that came are not at their end yet.
  std::size_t size() const noexcept { return chains_.size(); }

 private:
  struct CausalChain {
    std::vector<TrackingNumber> tracking_numbers;
    std::vector<Seq> positions{};                ///< of its events
    std::size_t open = 0;                        ///< pairs of an event and a runner
    std::size_t waiting = 0;                     ///< of these, ones that are left to a row
    std::optional<core::Duration> held_since{};  ///< steady: all that is open waits
  };
  using Chains = std::list<CausalChain>;
  struct NewChain {
    TrackingNumber tracking_number;
    EventList events;
    std::vector<WaitingRow> rows;
  };
  struct Watched {
    Chains::iterator chain;
    core::Uuid id;
    std::string audience;
    std::vector<const SubscriptionRunner*> open;
    std::vector<const SubscriptionRunner*> waiting;  ///< of these
  };
  struct Mark {
    const SubscriptionRunner* runner;
    Seq seq;
    bool is_left;  ///< to a row; else it is done
  };

  void begin_chains(const EventList& events);
  void begin_chain(const NewChain& new_chain, const EventList& events);
  void watch(Chains::iterator chain, const Event& event, const std::vector<WaitingRow>& rows);
  void adopt_children(const EventList& events);
  bool was_left(const SubscriptionRunner& runner, Seq seq) const;
  void close(const Mark& mark);
  void wait(const Mark& mark);
  /// Holds the chain, or ends it, where nothing of it is at work.
  void settle(Chains::iterator chain);
  void end_overdue();
  void end(Chains::iterator chain);

  const SubscriptionRunners& runners_;
  const core::Clock& clock_;
  std::shared_ptr<Observer> observer_;
  HeldChains limits_{};
  std::vector<NewChain> new_chains_;
  Chains chains_;
  std::map<Seq, Watched> watched_;  ///< the events of the chains
  std::multimap<core::Uuid, Seq> by_id_;
  // Of the running batch.
  std::vector<Mark> marks_;
  std::vector<std::pair<const SubscriptionRunner*, Seq>> left_;  ///< to rows that are there still

  std::list<Chains::iterator> held_;  ///< the oldest first
};

/// `first` and what follows from it, of all events of its key in log order.
EventList causal_chain_of(const EventPtr& first, const EventList& of_key);

}  // namespace orderflow::events
