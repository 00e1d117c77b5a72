#pragma once

#include "events/log/event.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace orderflow::bridge {

/// One of the messages of an event: each queue that must take it gets one of its own.
struct Copy {
  unsigned index = 0;           ///< among those of the event, the same at each attempt; below 32
  std::uint32_t recipient = 0;  ///< the queue that must take it, by its number; 0: none must
};

/// The events that have been handed over to be published and are not settled yet, in log order, and
/// what the broker has answered for each copy. It decides what is published next and how far all is
/// confirmed: an event is where each of its copies is. It knows no connection and belongs to one
/// thread.
///
/// An event of which the broker nacks a copy, or returns one that a queue must take, is *held*
/// until `retry_deferred`, and then only what was not confirmed of it is published again; later
/// events of its key wait behind it, except those that were in flight already.
class ConfirmLedger {
 public:
  using Position = std::uint64_t;

  /// A copy that a queue has taken.
  struct Taken {
    events::EventPtr event;
    Copy copy;
  };

  void add(events::EventPtr event);

  /// A copy that was confirmed, maybe long ago, is to be published again: before all that is new.
  void repeat(events::EventPtr event, Copy copy);

  /// What to publish next; nothing where all is in flight, confirmed or held. A held event that was
  /// released goes before new ones.
  std::optional<Position> next();
  const events::Event& event(Position position) const;
  /// Whether the copy of this index is to be published now.
  bool wants(Position position, unsigned index) const;
  /// A wanted copy of `next` has been published on the present channel, under the tag that follows
  /// the last one. The others follow before anything else is asked or told.
  void sent(Position position, Copy copy);
  /// `next` has no copy that is to be published.
  void needs_nothing(Position position);

  /// For a new channel, with tags counted from 1: all that is not confirmed is to be published
  /// again, in order.
  void start_again();

  /// How many copies of those in flight the broker has settled by this.
  std::size_t confirm(std::uint64_t tag, bool multiple) { return resolve(tag, multiple, true); }
  std::size_t nack(std::uint64_t tag, bool multiple) { return resolve(tag, multiple, false); }

  /// The broker has returned the copy of an event for a recipient: its confirmation follows, and
  /// counts only where no queue must take it. False where nothing such is in flight.
  bool returned(const events::EventId& id, std::uint32_t recipient);

  /// What is in flight to a recipient may be lost: its confirmation does not count.
  void doubt(std::uint32_t recipient);

  /// Held events are to be published again, the first of each key.
  void retry_deferred();

  /// Puts into `taken`, in place of what it holds, the copies that queues have taken since the last
  /// call.
  void take_taken(std::vector<Taken>& taken) {
    taken.clear();
    taken.swap(taken_);
  }

  /// Forgets what is confirmed up to the first event that is not, and returns how far that is where
  /// it has come further.
  std::optional<events::Seq> take_prefix();

  /// Copies.
  std::size_t in_flight() const noexcept { return in_flight_; }
  std::size_t outstanding() const noexcept { return entries_.size() - confirmed_; }
  /// Held, or behind one of the same key that is.
  std::size_t deferred() const noexcept;
  bool empty() const noexcept { return entries_.empty(); }

 private:
  enum class State { waiting, in_flight, deferred, confirmed };
  /// Copies by their index.
  using Mask = std::uint32_t;
  struct Entry {
    events::EventPtr event;
    State state = State::waiting;
    Mask settled = 0;   ///< confirmed, or not to be published
    Mask homeless = 0;  ///< in flight, and returned or in doubt although a queue must take it
    unsigned open = 0;  ///< in flight
    bool failed = false;
  };
  struct InFlight {
    Position position;
    Copy copy;
  };
  struct DeferredKey {
    Position first;             ///< the one that is tried again
    std::set<Position> behind;  ///< come after it
  };

  static Mask bit(unsigned index) noexcept { return Mask{1} << index; }
  Entry& at(Position position) { return entries_[position - begin_]; }
  std::size_t resolve(std::uint64_t tag, bool multiple, bool taken);
  void resolve_tag(std::uint64_t tag, bool taken);
  void settle(Position position);
  void hold(Position position);
  bool waits_behind_deferred(Position position);

  std::deque<Entry> entries_;
  Position begin_ = 0;        ///< of the first entry
  Position next_fresh_ = 0;   ///< from here on nothing was published on this channel
  std::set<Position> again_;  ///< to be published before what is fresh
  std::unordered_map<std::string, DeferredKey> deferred_keys_;
  std::deque<std::optional<InFlight>> by_tag_;  ///< nothing where the tag is settled
  std::uint64_t first_tag_ = 1;                 ///< of by_tag_
  std::uint64_t next_returned_ = 1;             ///< a guess: the broker returns in order
  std::size_t in_flight_ = 0;
  std::size_t confirmed_ = 0;
  std::vector<Taken> taken_;
  std::optional<events::Seq> prefix_;  ///< told last
};

}  // namespace orderflow::bridge
