#pragma once

#include "core/clock.hpp"
#include "events/delivery/retry_policy.hpp"
#include "events/effects/effect_run.hpp"
#include "events/effects/key_queues.hpp"
#include "events/records/delivery_record.hpp"

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>

namespace orderflow::events {

/// An event that an effect has taken and not finished.
struct TakenEvent {
  enum class Phase { ready, behind_key, running };

  EventPtr event;
  Phase phase;
  std::optional<DeliveryRow> row;
  EffectRunPtr run = nullptr;    ///< while it is running
  core::Duration expires_at{0};  ///< of the run, by the steady clock
};

/// The events that an effect has taken, that are unfinished and not left to their rows: in log
/// order, and which of them may run. Belongs to the writer thread.
class TakenEvents {
 public:
  using Entries = std::map<Seq, TakenEvent>;

  explicit TakenEvents(OrderPolicy order) : order_(order) {}

  /// Takes an event in; it is ready unless it has to wait for another one of its key.
  void admit(EventPtr event, std::optional<DeliveryRow> row);
  void erase(Entries::iterator entry) { entries_.erase(entry); }

  /// The event is finished: the next one of its key becomes ready. Null where none waits, or order
  /// does not matter.
  TakenEvent* let_next_run(const EventMeta& finished);
  /// The event has failed: those that wait behind it, in order. They are to be erased.
  std::deque<Seq> take_followers(const EventMeta& failed);

  /// Those that may run, in the order in which they became ready.
  std::size_t ready_count() const noexcept { return ready_.size(); }
  Entries::iterator ready(std::size_t index);
  void pop_ready(std::size_t count);

  Entries::iterator find(Seq seq) { return entries_.find(seq); }
  /// The event at this position, which is taken.
  Entries::iterator taken(Seq seq);
  bool contains(Seq seq) const noexcept { return entries_.contains(seq); }
  /// The first one that the cursor may not pass.
  std::optional<Seq> first_without_row() const noexcept;
  std::size_t size() const noexcept { return entries_.size(); }
  Entries::iterator begin() noexcept { return entries_.begin(); }
  Entries::iterator end() noexcept { return entries_.end(); }

 private:
  const OrderPolicy order_;
  Entries entries_;
  std::deque<Seq> ready_;
  KeyQueues key_queues_;  ///< of the entries; empty where order does not matter
};

}  // namespace orderflow::events
