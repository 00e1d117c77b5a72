#include "events/log/event_counts.hpp"

namespace orderflow::events {

void EventCounts::begin(const Catalog& catalog) {
  for (const EventType& type : catalog.types())
    counts_[type.kind];
}

void EventCounts::add(const EventList& committed) {
  for (const EventPtr& event : committed) {
    const auto count = counts_.find(event->kind());
    if (count != counts_.end()) count->second.fetch_add(1, std::memory_order_relaxed);
  }
}

std::vector<std::pair<std::string, std::uint64_t>> EventCounts::by_kind() const {
  std::vector<std::pair<std::string, std::uint64_t>> found;
  for (const auto& [kind, count] : counts_)
    found.emplace_back(kind, count.load(std::memory_order_relaxed));
  return found;
}

}  // namespace orderflow::events
