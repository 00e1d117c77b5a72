#pragma once

#include "cli/command_group.hpp"
#include "commands/config/settings_flags.hpp"

namespace orderflow::commands {

/// `orderflow serve`: runs a node.
class ServeCommand final : public cli::CommandGroup {
 public:
  explicit ServeCommand(CLI::App& app);

 private:
  /// Throws what `serve` throws.
  int run_node() const;

  SettingsFlags flags_;
  std::string first_keys_;
  bool accept_modules_ = false;
};

}  // namespace orderflow::commands
