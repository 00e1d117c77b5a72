#pragma once

#include "events/log/event.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::webhooks {

/// Kinds of events that an endpoint wants; empty: every public one.
using Kinds = std::vector<std::string>;

inline bool contains(const Kinds& kinds, std::string_view kind) {
  return kinds.empty() || std::ranges::find(kinds, kind) != kinds.end();
}

/// What an endpoint wants of the log, position by position: its owner may have changed it while
/// events before that position still wait.
struct WantedKinds {
  /// More are not kept: then what the two earliest wanted becomes one.
  static constexpr std::size_t earlier_max = 16;

  struct Stretch {
    events::Seq upto;
    std::optional<Kinds> kinds;  ///< nothing: it was disabled
  };

  Kinds kinds;                     ///< behind all earlier stretches
  std::vector<Stretch> earlier{};  ///< ascending

  bool wants(std::string_view kind, events::Seq seq) const {
    for (const Stretch& stretch : earlier) {
      if (seq <= stretch.upto) return stretch.kinds && contains(*stretch.kinds, kind);
    }
    return contains(kinds, kind);
  }

  /// Up to `upto` it wanted `wanted`, whatever it wants from now on; it has passed `cursor`.
  void end_stretch(events::Seq cursor, events::Seq upto, std::optional<Kinds> wanted) {
    forget_to(cursor);
    const events::Seq begun = earlier.empty() ? cursor : earlier.back().upto;
    if (upto <= begun) return;
    earlier.push_back({.upto = upto, .kinds = std::move(wanted)});
    if (earlier.size() > earlier_max) merge_earliest();
  }

  /// It has passed `cursor`.
  void forget_to(events::Seq cursor) {
    std::erase_if(earlier, [&](const Stretch& stretch) { return stretch.upto <= cursor; });
  }

 private:
  /// Rather tells what was not asked for than misses what was.
  void merge_earliest() {
    const Stretch first = earlier.front();
    earlier.erase(earlier.begin());
    Stretch& second = earlier.front();
    if (!first.kinds) return;
    if (!second.kinds) {
      second.kinds = first.kinds;
    } else if (first.kinds->empty() || second.kinds->empty()) {
      second.kinds->clear();
    } else {
      second.kinds->insert(second.kinds->end(), first.kinds->begin(), first.kinds->end());
    }
  }
};

}  // namespace orderflow::webhooks
