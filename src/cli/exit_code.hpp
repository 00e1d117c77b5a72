#pragma once

#include <array>
#include <stdexcept>
#include <string_view>

namespace orderflow::cli {

/// Exit codes of the executable; help and manual list `exit_codes`.
inline constexpr int exit_ok = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_usage = 2;
inline constexpr int exit_storage_failed = 3;
inline constexpr int exit_unreachable = 4;
inline constexpr int exit_interrupted = 130;  ///< as shells report SIGINT

struct ExitCode {
  int code;
  std::string_view meaning;
};

inline constexpr std::array exit_codes{
    ExitCode{exit_ok, "done"},
    ExitCode{exit_failed, "refused or failed, or a check found something wrong"},
    ExitCode{exit_usage, "wrong flags, arguments or settings"},
    ExitCode{exit_storage_failed, "serve: storage failed, restart the node"},
    ExitCode{exit_unreachable, "the node cannot be reached"},
    ExitCode{exit_interrupted, "stopped by Ctrl-C before it was done"},
};

/// The command was used wrongly in a way that its definition does not rule out; what() states what
/// is allowed.
class WrongUse : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace orderflow::cli
