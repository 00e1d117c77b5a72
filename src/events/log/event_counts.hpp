#pragma once

#include "events/log/catalog.hpp"
#include "events/log/event.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::events {

/// How many events were committed since the start, of each kind that there is. `begin` comes before
/// all else; `add` belongs to the writer thread, `by_kind` is safe from any.
class EventCounts {
 public:
  void begin(const Catalog& catalog);
  void add(const EventList& committed);
  std::vector<std::pair<std::string, std::uint64_t>> by_kind() const;

 private:
  std::map<std::string, std::atomic<std::uint64_t>, std::less<>> counts_;
};

}  // namespace orderflow::events
