#pragma once

#include "events/log/event.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::events {

class SubscriptionRunner;
class SubscriptionRunners;

/// Tracks the causal chains of received events to their end on this node: every subscription is
/// done with the event, and with all that was published because of it, or has left it to a row that
/// waits. In memory; after a restart what is received again is tracked again. Bounded by what is
/// tracked at a time. Belongs to the writer thread.
class CausalTracker {
 public:
  /// The caller's name for what it wants tracked.
  using TrackingNumber = std::uint64_t;

  /// Is told of the ends of chains. Called on the writer thread after a commit, and quick.
  class Observer {
   public:
    virtual ~Observer() = default;
    virtual void chain_finished(TrackingNumber tracking_number) noexcept = 0;
    /// What was to be tracked is not taken; `reason` is for people.
    virtual void chain_refused(TrackingNumber tracking_number, const char* reason) noexcept = 0;
  };

  /// `runners` outlives it.
  explicit CausalTracker(const SubscriptionRunners& runners) : runners_(runners) {}

  /// One for all chains, set before anything is tracked.
  void observe(std::shared_ptr<Observer> observer) { observer_ = std::move(observer); }

  /// Tracks the first of `events`, from the next call of `committed` on. The rest is what it had
  /// caused before. Without any the chain is at its end.
  void track(TrackingNumber tracking_number, EventList events) {
    new_chains_.push_back({tracking_number, std::move(events)});
  }

  /// Tells the observer that an event is not taken. After a commit.
  void refuse(TrackingNumber tracking_number, const char* reason) noexcept {
    observer_->chain_refused(tracking_number, reason);
  }

  /// A runner is done with an event, or has left it to a row that waits. Within a batch.
  void done(const SubscriptionRunner& runner, Seq seq) {
    if (!watched_.empty()) done_.emplace_back(&runner, seq);
  }

  /// A runner has finished events without a call of `done` for each.
  void recheck(const SubscriptionRunner& runner);

  /// The batch is on disk, and these are its events.
  void committed(const EventList& events);

  /// How many events that came are not at their end yet.
  std::size_t size() const noexcept { return chains_.size(); }

 private:
  struct CausalChain {
    std::vector<TrackingNumber> tracking_numbers;
    std::vector<Seq> positions{};  ///< of its events
    std::size_t open = 0;          ///< pairs of an event and a runner
  };
  using Chains = std::list<CausalChain>;
  struct NewChain {
    TrackingNumber tracking_number;
    EventList events;
  };
  struct Watched {
    Chains::iterator chain;
    core::Uuid id;
    std::string audience;
    std::vector<const SubscriptionRunner*> open;
  };

  void begin_chains(const EventList& events);
  void begin_chain(TrackingNumber tracking_number, const EventList& events);
  void watch(Chains::iterator chain, const Event& event);
  void adopt_children(const EventList& events);
  void close(const SubscriptionRunner& runner, Seq seq);
  void end(Chains::iterator chain);

  const SubscriptionRunners& runners_;
  std::shared_ptr<Observer> observer_;
  std::vector<NewChain> new_chains_;
  Chains chains_;
  std::map<Seq, Watched> watched_;  ///< the events of the chains
  std::multimap<core::Uuid, Seq> by_id_;
  std::vector<std::pair<const SubscriptionRunner*, Seq>> done_;  ///< in the running batch
};

/// `first` and what follows from it, of all events of its key in log order.
EventList causal_chain_of(const EventPtr& first, const EventList& of_key);

}  // namespace orderflow::events
