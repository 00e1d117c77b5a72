#pragma once

#include <cstdint>

namespace orderflow::telemetry {

/// What the system reports of this process. Unknown values are 0.
struct ProcessMetrics {
  std::uint64_t resident_bytes = 0;
  double cpu_seconds = 0;    ///< user and system
  double start_seconds = 0;  ///< since 1970, UTC
  std::uint64_t open_files = 0;
  std::uint64_t open_files_max = 0;
};

ProcessMetrics process_metrics();

}  // namespace orderflow::telemetry
