#pragma once

#include "events/log/event.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

namespace orderflow::bridge {

/// The events that have been handed over to be published and are not settled yet, in log order, and
/// what the broker has answered for each. It decides what is published next and how far all is
/// confirmed; it knows no connection and belongs to one thread.
///
/// An event that the broker nacks, or returns although it must be routed, is *held* until
/// `retry_deferred`; later events of its key wait behind it, except those that were in flight
/// already.
class ConfirmLedger {
 public:
  using Position = std::uint64_t;

  void add(events::EventPtr event);

  /// What to publish next; nothing where all is in flight, confirmed or held. A held event that was
  /// released goes before new ones.
  std::optional<Position> next();
  const events::Event& event(Position position) const;
  /// `next` has been published on the present channel, under the tag that follows the last one.
  void sent(Position position);

  /// For a new channel, with tags counted from 1: all that is not confirmed is to be published
  /// again, in order.
  void start_again();

  /// How many of those in flight the broker has settled by this.
  std::size_t confirm(std::uint64_t tag, bool multiple) { return resolve(tag, multiple, true); }
  std::size_t nack(std::uint64_t tag, bool multiple) { return resolve(tag, multiple, false); }

  /// What is in flight under this id, which the broker has returned: its confirmation follows.
  /// Nothing where nothing such is in flight.
  std::optional<Position> returned(const events::EventId& id);
  /// What was returned must be routed: its confirmation does not count.
  void require_route(Position position) { at(position).is_unroutable = true; }

  /// Held events are to be published again, the first of each key.
  void retry_deferred();

  /// Forgets what is confirmed up to the first event that is not, and returns how far that is where
  /// it has come further.
  std::optional<events::Seq> take_prefix();

  std::size_t in_flight() const noexcept { return in_flight_; }
  std::size_t outstanding() const noexcept { return entries_.size() - confirmed_; }
  /// Held, or behind one of the same key that is.
  std::size_t deferred() const noexcept;
  bool empty() const noexcept { return entries_.empty(); }

 private:
  enum class State { waiting, in_flight, deferred, confirmed };
  struct Entry {
    events::EventPtr event;
    State state = State::waiting;
    bool is_unroutable = false;  ///< returned although it must be routed
  };
  struct DeferredKey {
    Position first;             ///< the one that is tried again
    std::set<Position> behind;  ///< come after it
  };

  Entry& at(Position position) { return entries_[position - begin_]; }
  std::size_t resolve(std::uint64_t tag, bool multiple, bool taken);
  void resolve_tag(std::uint64_t tag, bool taken);
  void settle(Position position);
  void hold(Position position);
  bool waits_behind_deferred(Position position);

  std::deque<Entry> entries_;
  Position begin_ = 0;        ///< of the first entry
  Position next_fresh_ = 0;   ///< from here on nothing was published on this channel
  std::set<Position> again_;  ///< before next_fresh_, to be published
  std::unordered_map<std::string, DeferredKey> deferred_keys_;
  std::deque<std::optional<Position>> by_tag_;  ///< nothing where the tag is settled
  std::uint64_t first_tag_ = 1;                 ///< of by_tag_
  std::uint64_t next_returned_ = 1;             ///< a guess: the broker returns in order
  std::size_t in_flight_ = 0;
  std::size_t confirmed_ = 0;
};

}  // namespace orderflow::bridge
