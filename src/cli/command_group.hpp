#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::cli {

/// A command with its subcommands, or one without any, and what they do. Derived classes define
/// their flags in the constructor and hold what was given.
class CommandGroup {
 public:
  virtual ~CommandGroup() = default;
  CommandGroup(const CommandGroup&) = delete;
  CommandGroup& operator=(const CommandGroup&) = delete;

  bool chosen() const { return command_.parsed(); }

  /// Does what was chosen; the exit code.
  int run() const {
    for (const auto& [command, action] : actions_) {
      if (command->parsed()) return action();
    }
    throw std::logic_error("a command without an action was chosen: " + command_.get_name());
  }

 protected:
  /// Adds the command to `app`, which must not outlive this.
  CommandGroup(CLI::App& app, const std::string& name, const std::string& description)
      : command_(*app.add_subcommand(name, description)) {}

  CLI::App& command() noexcept { return command_; }

  /// A subcommand; one of them has to be given.
  CLI::App& add(const std::string& name, const std::string& description,
                std::function<int()> action) {
    command_.require_subcommand(1);
    CLI::App& added = *command_.add_subcommand(name, description);
    actions_.emplace_back(&added, std::move(action));
    return added;
  }

  /// What the command itself does, where it has no subcommands.
  void set_action(std::function<int()> action) {
    actions_.emplace_back(&command_, std::move(action));
  }

 private:
  CLI::App& command_;
  std::vector<std::pair<const CLI::App*, std::function<int()>>> actions_;
};

}  // namespace orderflow::cli
