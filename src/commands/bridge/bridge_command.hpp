#pragma once

#include "cli/command_group.hpp"
#include "commands/config/settings_flags.hpp"

#include <cstddef>
#include <string>

namespace orderflow::app {
struct Settings;
}

namespace orderflow::commands {

/// `orderflow bridge check` and `orderflow bridge requeue MODULE`.
class BridgeCommand final : public cli::CommandGroup {
 public:
  explicit BridgeCommand(CLI::App& app);

 private:
  void add_settings(CLI::App& command);
  app::Settings settings() const;
  int check() const;
  int requeue() const;

  SettingsFlags flags_;
  bool json_ = false;
  std::string module_;
  std::size_t limit_ = 1000;
};

}  // namespace orderflow::commands
