// Measures what it takes to bring a page to the disk: a loop of pwrite and fdatasync over a file of
// the size that the write-ahead log has, which is there already, as the log is once it has been
// written through.
//
//   sync_ceiling FILE SECONDS
//
// Prints name=value pairs.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t page_bytes = 4'096;
constexpr std::size_t pages = 2'000;

bool write_page(int file, std::size_t number) {
  std::array<char, page_bytes> page{};
  page.fill(static_cast<char>('a' + number % 26));
  const auto at = static_cast<off_t>(number % pages * page_bytes);
  return ::pwrite(file, page.data(), page.size(), at) == static_cast<ssize_t>(page.size());
}

bool measure(int file, std::chrono::duration<double> limit) {
  for (std::size_t i = 0; i < pages; ++i)
    if (!write_page(file, i)) return false;
  if (::fdatasync(file) != 0) return false;

  std::vector<long long> times_ns;
  const auto end = Clock::now() + limit;
  for (auto began = Clock::now(); began < end;) {
    if (!write_page(file, times_ns.size()) || ::fdatasync(file) != 0) return false;
    const auto done = Clock::now();
    times_ns.push_back(std::chrono::duration_cast<std::chrono::nanoseconds>(done - began).count());
    began = done;
  }
  std::ranges::sort(times_ns);
  std::printf("syncs=%zu p50_us=%.1f p99_us=%.1f\n", times_ns.size(),
              static_cast<double>(times_ns[times_ns.size() / 2]) / 1e3,
              static_cast<double>(times_ns[times_ns.size() * 99 / 100]) / 1e3);
  return true;
}

}  // namespace

int main(int count, char** arguments) {
  const double seconds = count == 3 ? std::strtod(arguments[2], nullptr) : 0;
  if (seconds <= 0) {
    std::fprintf(stderr, "usage: sync_ceiling FILE SECONDS\n");
    return 2;
  }
  const int file = ::open(arguments[1], O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  const bool is_measured = file >= 0 && measure(file, std::chrono::duration<double>(seconds));
  if (!is_measured) std::perror("sync_ceiling");
  if (file >= 0) ::close(file);
  return is_measured ? 0 : 1;
}
