#include "telemetry/process_metrics.hpp"

#include <sys/resource.h>
#include <unistd.h>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>

namespace orderflow::telemetry {
namespace {

std::uint64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t pages = 0;
  std::uint64_t resident = 0;
  file >> pages >> resident;
  return file ? resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

double seconds_of(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Clock ticks between the start of the system and that of this process: field 22 of proc(5)'s
/// stat.
double start_ticks() {
  std::ifstream file("/proc/self/stat");
  // The second field is the program's name in parentheses, which may hold blanks.
  file.ignore(std::numeric_limits<std::streamsize>::max(), ')');
  std::string skipped;
  for (int field = 3; field < 22; ++field)
    file >> skipped;
  double ticks = 0;
  file >> ticks;
  return ticks;
}

/// Since 1970. Read once, because two clocks that are read one after the other never give the same
/// again. /proc/stat has the system's start too, but a service need not see it (systemd's
/// ProcSubset).
double start_seconds() {
  static const double started = seconds_of(CLOCK_REALTIME) - seconds_of(CLOCK_BOOTTIME) +
                                start_ticks() / static_cast<double>(::sysconf(_SC_CLK_TCK));
  return started;
}

}  // namespace

ProcessMetrics process_metrics() {
  ProcessMetrics metrics{.resident_bytes = resident_bytes()};
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0) {
    metrics.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  }
  metrics.start_seconds = start_seconds();
  std::error_code failed;
  const std::filesystem::directory_iterator open("/proc/self/fd", failed);
  if (!failed)
    metrics.open_files = static_cast<std::uint64_t>(std::distance(begin(open), end(open)));
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) metrics.open_files_max = limit.rlim_cur;
  return metrics;
}

}  // namespace orderflow::telemetry
