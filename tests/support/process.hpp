#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace orderflow::test {

/// How a process ended: by itself with a code, or by a signal.
struct ExitStatus {
  int code = -1;   ///< -1 where a signal ended it
  int signal = 0;  ///< 0 where it ended by itself

  friend bool operator==(const ExitStatus&, const ExitStatus&) = default;
};

/// What to run.
struct Command {
  std::filesystem::path executable;
  std::vector<std::string> arguments = {};
  /// Added to this process's environment, in place of what stands there under the same name.
  std::vector<std::pair<std::string, std::string>> environment = {};
  /// Variables of this process that begin so are not handed down; empty: all are.
  std::string withheld_prefix = {};
};

/// A child process: its standard output and error are gathered here, its input is empty. It never
/// outlives this object, which kills and reaps it, nor the thread that started it, at whose end the
/// kernel kills it (PR_SET_PDEATHSIG). All members may be called from any one thread at a time.
class Process {
 public:
  /// Throws `std::system_error` where the program cannot be run.
  explicit Process(const Command& command);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const noexcept { return pid_; }

  /// The first whole line on standard output that contains `text`. Nothing where the output ended
  /// or `limit` passed without.
  std::optional<std::string> wait_for_line(std::string_view text, std::chrono::milliseconds limit);

  /// Does nothing where the process has been reaped.
  void send(int signal);

  /// Reaps the process. Nothing where it still runs at `limit`.
  std::optional<ExitStatus> wait(std::chrono::milliseconds limit);

  /// All that came so far; after `wait` all that ever came.
  std::string output();
  std::string errors();

 private:
  void gather(int output, int errors);

  pid_t pid_ = -1;
  int pid_descriptor_ = -1;
  std::optional<ExitStatus> exit_;
  std::mutex mutex_;
  std::condition_variable grown_;
  std::string output_;
  std::string errors_;
  bool ended_ = false;
  std::thread gatherer_;
};

}  // namespace orderflow::test
