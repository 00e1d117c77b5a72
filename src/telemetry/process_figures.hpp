#pragma once

#include <cstdint>

namespace orderflow::telemetry {

/// What the system tells of this process. A figure that it does not tell is 0.
struct ProcessFigures {
  std::uint64_t resident_bytes = 0;
  double cpu_seconds = 0;    ///< user and system
  double start_seconds = 0;  ///< since 1970, UTC
  std::uint64_t open_files = 0;
  std::uint64_t open_files_max = 0;
};

ProcessFigures process_figures();

}  // namespace orderflow::telemetry
