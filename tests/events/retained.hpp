#pragma once

#include "probe.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace orderflow::events {

inline host::NodeOptions keeping(core::Duration keep) {
  host::NodeOptions options;
  options.retention.keep = keep;
  return options;
}

/// Lets a pass of retention go to its end.
inline void scan(test::ModuleHarness& harness) {
  harness.write(event_owner,
                [&](Turn& turn) { harness.node().dispatcher().scan(turn.db().connection()); });
  harness.run_to_the_end(std::chrono::minutes{1});
}

/// The positions of the log that are left.
inline std::vector<std::string> positions(test::ModuleHarness& harness) {
  return harness.rows("event", "SELECT seq FROM event_log ORDER BY seq");
}

}  // namespace orderflow::events
