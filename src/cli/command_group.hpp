#pragma once

#include "cli/app_name.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::cli {

/// A command with its subcommands, or one without any, and what they do. Derived classes define
/// their flags in the constructor and hold what was given.
class CommandGroup {
 public:
  virtual ~CommandGroup();
  CommandGroup(const CommandGroup&) = delete;
  CommandGroup& operator=(const CommandGroup&) = delete;

  bool chosen() const;

  /// Does what was chosen; the exit code.
  int run() const;

 protected:
  /// Adds the command to `app`, which must not outlive this.
  CommandGroup(CLI::App& app, const std::string& name, const std::string& description);

  CLI::App& command() noexcept { return command_; }

  /// A subcommand; one of them has to be given.
  CLI::App& add(const std::string& name, const std::string& description,
                std::function<int()> action);

  /// What the command itself does, where it has no subcommands.
  void set_action(std::function<int()> action);

 private:
  CLI::App& command_;
  std::vector<std::pair<const CLI::App*, std::function<int()>>> actions_;
};

}  // namespace orderflow::cli
