#pragma once

#include "support/process.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::test {

/// What a command has printed, and its exit code.
struct CommandOutput {
  int code;
  std::string output;
  std::string errors;

  nlohmann::json json() const { return nlohmann::json::parse(output); }
};

/// Runs the real executable as a user does from a shell, with no setting in its environment but
/// those that are set here.
class Shell {
 public:
  /// Commands talk to the node at `port` of this machine; 0: to none that is named.
  explicit Shell(std::uint16_t port = 0);

  void set(const std::string& name, const std::string& value);

  Command command(std::vector<std::string> arguments) const;

  /// Waits for its end. Throws where a signal ended it, or nothing did.
  CommandOutput run(std::vector<std::string> arguments) const;

  /// The same where standard output is written to a file, which `output` then lacks.
  CommandOutput run_into(const std::string& file, const std::vector<std::string>& arguments) const;

  /// The same where standard output and standard error are a terminal that is `columns` wide; both
  /// are in `output`, with `\n` for the end of a line.
  CommandOutput run_on_terminal(const std::vector<std::string>& arguments,
                                std::size_t columns) const;

 private:
  std::vector<std::pair<std::string, std::string>> environment_;
};

/// Where a program is, or empty where it is not installed; that is reported loudly.
std::string find_program(const std::string& name);

}  // namespace orderflow::test
