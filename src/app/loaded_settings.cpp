#include "app/loaded_settings.hpp"

#include "cli/exit_code.hpp"
#include "config/environment.hpp"

#include <filesystem>
#include <utility>

namespace orderflow::app {

config::Sources settings_sources(const std::string& file, std::vector<config::Override> overrides) {
  config::Sources sources{.environment = config::process_environment(),
                          .overrides = std::move(overrides)};
  std::erase_if(sources.environment, [](const std::string& entry) {
    const std::string name = entry.substr(0, entry.find('='));
    return name == url_variable || name == key_variable || name == plain_variable;
  });
  if (!file.empty()) {
    sources.file = file;
  } else if (std::filesystem::exists(default_settings_file)) {
    sources.file = default_settings_file;
  }
  return sources;
}

Settings read_all_settings(config::Document& document,
                           const std::vector<std::unique_ptr<host::Module>>& modules) {
  std::vector<std::string> names;
  for (const auto& module : modules)
    names.emplace_back(module->name());
  Settings settings = read_settings(document, names);
  for (const auto& module : modules)
    module->configure(document.section(module->name()));
  return settings;
}

Settings load_settings(const std::string& file, std::vector<config::Override> overrides,
                       const std::vector<std::unique_ptr<host::Module>>& modules) {
  config::Document document(settings_sources(file, std::move(overrides)));
  Settings settings = read_all_settings(document, modules);
  document.check();
  require_tls_for_others(settings);
  return settings;
}

Settings valid_settings(const std::string& file, std::vector<config::Override> overrides,
                        const std::vector<std::unique_ptr<host::Module>>& modules) {
  try {
    return load_settings(file, std::move(overrides), modules);
  } catch (const std::exception& e) {
    throw cli::WrongUse(std::string("the settings are not valid\n") + e.what());
  }
}

}  // namespace orderflow::app
