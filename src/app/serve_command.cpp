#include "serve_command.hpp"

#include "loaded_settings.hpp"
#include "modules.hpp"
#include "serve.hpp"
#include "settings.hpp"
#include "telemetry/log.hpp"

#include <cstdio>
#include <optional>

namespace orderflow::app {

ServeCommand::ServeCommand(CLI::App& app) : command_(*app.add_subcommand("serve", "Run a node")) {
  command_.add_option(
      "--config", config_,
      std::string("Settings file (default: ") + default_settings_file + " where it exists)");
  add_override("--host", "http.host", "IP address to listen on");
  add_override("--port", "http.port", "Port to listen on; 0 takes a free one");
  add_override("--data", "node.data", "Folder of the node's data");
  add_override("--modules", "node.modules", "Modules to host, separated by commas (default: all)");
  command_.footer(
      "Every setting can also be given in the environment: http.port as ORDERFLOW_HTTP_PORT.\n"
      "A flag wins over the environment, the environment over the file.\n\n"
      "Exit codes: 0 stopped by a signal; 1 could not start or failed; 2 wrong flags or settings;\n"
      "3 storage failed: start it afresh.");
}

void ServeCommand::add_override(const std::string& flag, const std::string& path,
                                const std::string& help) {
  command_.add_option_function<std::string>(
      flag,
      [this, flag, path](const std::string& value) {
        overrides_.push_back({.path = path, .value = value, .flag = flag});
      },
      help);
}

int ServeCommand::run() const {
  const auto modules = make_modules();
  std::optional<Settings> settings;
  try {
    settings = load_settings(config_, overrides_, modules);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "orderflow: the settings are not valid\n%s\n", e.what());
    return exit_usage;
  }
  telemetry::configure_logs(settings->log_levels.level, settings->log_format);
  try {
    return serve(*settings, modules);
  } catch (const http::TlsError& e) {
    std::fprintf(stderr, "orderflow: http.tls: %s\n", e.what());
    return exit_usage;
  } catch (const KeyMissing& e) {
    std::fprintf(stderr, "orderflow: %s\n", e.what());
    return exit_usage;
  }
}

}  // namespace orderflow::app
