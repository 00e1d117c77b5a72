#pragma once

#include <cstdint>

namespace orderflow::telemetry {

/// As long as it lives lines are written by a thread of their own, so that logging never waits for
/// the reader. What does not fit into its bounded queue (1 MiB) is dropped and counted. The
/// destructor writes what is queued, for a second at most. One at a time.
class QueuedLogs {
 public:
  QueuedLogs();
  ~QueuedLogs();
  QueuedLogs(const QueuedLogs&) = delete;
  QueuedLogs& operator=(const QueuedLogs&) = delete;
};

/// Lines that were dropped, ever.
std::uint64_t log_lines_dropped() noexcept;

}  // namespace orderflow::telemetry
