#pragma once

#include "cli/app_name.hpp"
#include "cli/command_group.hpp"

#include <memory>
#include <vector>

namespace orderflow::commands {

/// Every command of the executable, in one definition that help, completion and manual are made of.
class CommandLine {
 public:
  CommandLine();
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  /// Runs the command that the arguments name; returns the exit code. Errors go to standard error.
  int run(int argc, char** argv);

  const CLI::App& definition() const noexcept { return *app_; }

 private:
  int run_parsed(int argc, char** argv);
  int run_chosen() const;

  const std::unique_ptr<CLI::App> app_;
  std::vector<std::unique_ptr<cli::CommandGroup>> commands_;
};

}  // namespace orderflow::commands
