#pragma once

#include "cli/command_group.hpp"
#include "commands/config/settings_flags.hpp"

namespace orderflow::commands {

/// `orderflow config check|show|schema`: the settings, without a node.
class ConfigCommands final : public cli::CommandGroup {
 public:
  explicit ConfigCommands(CLI::App& app);

 private:
  int check() const;
  int show() const;
  int schema() const;

  SettingsFlags flags_;
  bool json_ = false;
  bool changed_ = false;
};

}  // namespace orderflow::commands
