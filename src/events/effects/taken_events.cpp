#include "events/effects/taken_events.hpp"

#include "core/invariant.hpp"

#include <utility>

namespace orderflow::events {

void TakenEvents::admit(EventPtr event, std::optional<DeliveryRow> row) {
  const Seq seq = event->meta().seq;
  const auto [entry, is_new] =
      entries_.try_emplace(seq, TakenEvent{std::move(event), TakenEvent::Phase::ready, row});
  // A damaged database may have the row of an event that the feed still brings.
  if (!is_new) return;
  if (order_ == OrderPolicy::skip || key_queues_.append(entry->second.event->meta().key, seq)) {
    ready_.push_back(seq);
  } else {
    entry->second.phase = TakenEvent::Phase::behind_key;
  }
}

TakenEvent* TakenEvents::let_next_run(const EventMeta& finished) {
  if (order_ == OrderPolicy::skip) return nullptr;
  const auto next = key_queues_.remove_first(finished.key, finished.seq);
  if (!next) return nullptr;
  const auto found = entries_.find(*next);
  core::invariant(found != entries_.end(), "an event in a key queue is not taken");
  TakenEvent& entry = found->second;
  core::invariant(entry.phase == TakenEvent::Phase::behind_key,
                  "an event runs that waits behind another one of its key");
  entry.phase = TakenEvent::Phase::ready;
  ready_.push_back(*next);
  return &entry;
}

std::deque<Seq> TakenEvents::take_followers(const EventMeta& failed) {
  if (order_ == OrderPolicy::skip) return {};
  return key_queues_.remove_all(failed.key, failed.seq);
}

TakenEvents::Entries::iterator TakenEvents::ready(std::size_t index) {
  const auto found = entries_.find(ready_[index]);
  core::invariant(found != entries_.end() && found->second.phase == TakenEvent::Phase::ready,
                  "an event that may run is not taken, or runs");
  return found;
}

TakenEvents::Entries::iterator TakenEvents::taken(Seq seq) {
  const auto found = entries_.find(seq);
  core::invariant(found != entries_.end(), "an event is not among those taken");
  return found;
}

void TakenEvents::pop_ready(std::size_t count) {
  ready_.erase(ready_.begin(), ready_.begin() + static_cast<std::ptrdiff_t>(count));
}

std::optional<Seq> TakenEvents::first_without_row() const noexcept {
  for (const auto& [seq, entry] : entries_) {
    if (!entry.row) return seq;
  }
  return std::nullopt;
}

}  // namespace orderflow::events
