#include "cli/command_group.hpp"

#include <CLI/CLI.hpp>

#include <stdexcept>

namespace orderflow::cli {

// Compiling CLI::App's constructor is expensive, so apps are made in this file alone.

CommandGroup::CommandGroup(CLI::App& app, const std::string& name, const std::string& description)
    : command_(*app.add_subcommand(name, description)) {}

CommandGroup::~CommandGroup() = default;

bool CommandGroup::chosen() const {
  return command_.parsed();
}

int CommandGroup::run() const {
  for (const auto& [command, action] : actions_) {
    if (command->parsed()) return action();
  }
  throw std::logic_error("a command without an action was chosen: " + command_.get_name());
}

CLI::App& CommandGroup::add(const std::string& name, const std::string& description,
                            std::function<int()> action) {
  command_.require_subcommand(1);
  CLI::App& added = *command_.add_subcommand(name, description);
  actions_.emplace_back(&added, std::move(action));
  return added;
}

void CommandGroup::set_action(std::function<int()> action) {
  actions_.emplace_back(&command_, std::move(action));
}

}  // namespace orderflow::cli
