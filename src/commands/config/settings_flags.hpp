#pragma once

#include "cli/app_name.hpp"
#include "config/document.hpp"

#include <string>
#include <vector>

namespace orderflow::commands {

/// The flags that give a command its settings: the file, and those that override one setting.
/// One object may serve several commands, of which one is chosen.
class SettingsFlags {
 public:
  /// Adds `--config`.
  void add_file(CLI::App& command);
  /// Adds a flag for the setting at `path`, such as `http.port`.
  void add_override(CLI::App& command, const std::string& flag, const std::string& path,
                    const std::string& description, const std::string& value_name);
  /// Adds all flags that `serve` has.
  void add_all(CLI::App& command);

  /// Empty where none was named.
  const std::string& file() const noexcept { return file_; }
  const std::vector<config::Override>& overrides() const noexcept { return overrides_; }

 private:
  std::string file_;
  std::vector<config::Override> overrides_;
};

}  // namespace orderflow::commands
