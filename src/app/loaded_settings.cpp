#include "loaded_settings.hpp"

#include "config/environment.hpp"

#include <filesystem>
#include <utility>

namespace orderflow::app {

Settings load_settings(const std::string& file, std::vector<config::Override> overrides,
                       const std::vector<std::unique_ptr<host::Module>>& modules) {
  config::Sources sources{.environment = config::process_environment(),
                          .overrides = std::move(overrides)};
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
  reach_of(settings.http.address);
  return settings;
}

}  // namespace orderflow::app
