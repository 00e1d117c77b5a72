#include "load_settings.hpp"

#include "config/environment.hpp"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::app {

Settings load_settings(const std::string& file, const std::vector<config::Override>& flags,
                       const std::vector<std::unique_ptr<host::Module>>& modules) {
  config::Sources sources{.environment = config::process_environment(), .overrides = flags};
  // The key of a command that asks a node; no setting.
  std::erase_if(sources.environment,
                [](const std::string& entry) { return entry.starts_with("ORDERFLOW_API_KEY="); });
  if (!file.empty()) {
    sources.file = file;
  } else if (std::filesystem::exists(default_settings_file)) {
    sources.file = default_settings_file;
  }
  std::vector<std::string> names;
  for (const auto& module : modules)
    names.emplace_back(module->name());
  config::Document document(std::move(sources));
  Settings settings = read_settings(document, names);
  for (const auto& module : modules)
    module->configure(document.section(module->name()));
  document.check();
  return settings;
}

}  // namespace orderflow::app
