#pragma once

#include "bridge/confirm_ledger.hpp"
#include "relayed_events.hpp"

#include <cstdint>
#include <vector>

namespace orderflow::bridge {

using Seqs = std::vector<std::int64_t>;

/// Of an event that one queue must take.
inline constexpr Copy only_copy{.index = 0, .recipient = 1};

inline void add(ConfirmLedger& ledger, std::int64_t first, std::int64_t last) {
  for (const events::EventPtr& event : events_of(first, last))
    ledger.add(event);
}

/// Publishes all that can be, to one queue, and returns which events those were.
inline Seqs publish_all(ConfirmLedger& ledger) {
  Seqs published;
  while (const auto position = ledger.next()) {
    published.push_back(ledger.event(*position).meta().seq.value());
    ledger.sent(*position, only_copy);
  }
  return published;
}

inline std::int64_t prefix_of(ConfirmLedger& ledger) {
  const auto upto = ledger.take_prefix();
  return upto ? upto->value() : 0;
}

}  // namespace orderflow::bridge
