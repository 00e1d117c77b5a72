#include "commands/config/settings_flags.hpp"

#include "app/loaded_settings.hpp"

#include <CLI/CLI.hpp>

namespace orderflow::commands {

void SettingsFlags::add_file(CLI::App& command) {
  command
      .add_option("--config", file_,
                  std::string("Settings file (default: ") + app::default_settings_file +
                      " where it exists)")
      ->type_name("FILE");
}

void SettingsFlags::add_override(CLI::App& command, const std::string& flag,
                                 const std::string& path, const std::string& description,
                                 const std::string& value_name) {
  command
      .add_option_function<std::string>(
          flag,
          [this, flag, path](const std::string& value) {
            overrides_.push_back({.path = path, .value = value, .flag = flag});
          },
          description)
      ->type_name(value_name);
}

void SettingsFlags::add_all(CLI::App& command) {
  add_file(command);
  add_override(command, "--host", "http.host", "IP address to listen on", "ADDRESS");
  add_override(command, "--port", "http.port", "Port to listen on; 0 takes a free one", "N");
  add_override(command, "--data", "node.data", "Folder of the node's data", "FOLDER");
  add_override(command, "--modules", "node.modules",
               "Modules to host, separated by commas (default: all)", "NAMES");
}

}  // namespace orderflow::commands
