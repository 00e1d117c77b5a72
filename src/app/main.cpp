#include "config/document.hpp"
#include "config/environment.hpp"
#include "modules.hpp"
#include "serve.hpp"
#include "settings.hpp"
#include "telemetry/log.hpp"

#include <CLI/CLI.hpp>

#include <sys/stat.h>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace orderflow::app {
namespace {

constexpr const char* default_settings_file = "config/orderflow.json";

struct ServeFlags {
  std::string config;
  std::vector<config::Override> overrides;
};

void add_override(CLI::App& command, ServeFlags& flags, const std::string& flag,
                  const std::string& path, const std::string& help) {
  command.add_option_function<std::string>(
      flag,
      [&flags, flag, path](const std::string& value) {
        flags.overrides.push_back({.path = path, .value = value, .flag = flag});
      },
      help);
}

void describe_serve(CLI::App& command, ServeFlags& flags) {
  command.add_option(
      "--config", flags.config,
      std::string("Settings file (default: ") + default_settings_file + " where it exists)");
  add_override(command, flags, "--host", "http.host", "IP address to listen on");
  add_override(command, flags, "--port", "http.port", "Port to listen on; 0 takes a free one");
  add_override(command, flags, "--data", "node.data", "Folder of the node's data");
  add_override(command, flags, "--modules", "node.modules",
               "Modules to host, separated by commas (default: all)");
  command.footer(
      "Every setting can also be given in the environment: http.port as ORDERFLOW_HTTP_PORT.\n"
      "A flag wins over the environment, the environment over the file.\n\n"
      "Exit codes: 0 stopped by a signal; 1 could not start or failed; 2 wrong flags or settings;\n"
      "3 storage failed: start it afresh.");
}

int run_serve(const ServeFlags& flags) {
  config::Sources sources{.environment = config::process_environment(),
                          .overrides = flags.overrides};
  if (!flags.config.empty()) {
    sources.file = flags.config;
  } else if (std::filesystem::exists(default_settings_file)) {
    sources.file = default_settings_file;
  }
  const auto modules = make_modules();
  std::vector<std::string> names;
  for (const auto& module : modules)
    names.emplace_back(module->name());

  std::optional<Settings> settings;
  try {
    config::Document document(std::move(sources));
    settings = read_settings(document, names);
    for (const auto& module : modules)
      module->configure(document.section(module->name()));
    document.check();
    require_loopback(settings->http.address);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "orderflow: the settings are not valid\n%s\n", e.what());
    return exit_usage;
  }
  telemetry::configure_logs(settings->log_level, settings->log_format);
  return serve(*settings, modules);
}

int run(int argc, char** argv) {
  CLI::App app("Event-driven ordering in one executable", "orderflow");
  app.set_version_flag("--version", "orderflow " ORDERFLOW_VERSION);
  app.require_subcommand(1);
  ServeFlags serve_flags;
  CLI::App& serve_command = *app.add_subcommand("serve", "Run a node");
  describe_serve(serve_command, serve_flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? exit_ok : exit_usage;
  }
  return run_serve(serve_flags);
}

}  // namespace
}  // namespace orderflow::app

int main(int argc, char** argv) {
  // What it writes is for its owner alone: orders, addresses, mail.
  ::umask(077);
  // A log that nobody reads any more, or a file that may not grow, is an error to be handled where
  // it happens, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    return orderflow::app::run(argc, argv);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "orderflow: %s\n", e.what());
    return orderflow::app::exit_failed;
  }
}
