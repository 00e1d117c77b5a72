#include "commands/node/serve_command.hpp"

#include "app/loaded_settings.hpp"
#include "app/modules.hpp"
#include "app/required_key.hpp"
#include "app/serve.hpp"
#include "cli/exit_code.hpp"
#include "key_admin/first_keys.hpp"
#include "telemetry/log.hpp"
#include "telemetry/queued_logs.hpp"

#include <CLI/CLI.hpp>

namespace orderflow::commands {

ServeCommand::ServeCommand(CLI::App& app) : CommandGroup(app, "serve", "Run a node") {
  flags_.add_all(command());
  command()
      .add_option("--first-keys", first_keys_,
                  "Write the first API keys into it, where there never was one")
      ->type_name("FOLDER");
  command().add_flag("--accept-modules", accept_modules_,
                     "Serve a data folder with other modules than before");
  command().footer(
      "Every setting can also be given in the environment: http.port as ORDERFLOW_HTTP_PORT.\n"
      "A flag overrides the environment, the environment the file.\n\n"
      "Exit codes: 0 stopped by a signal; 1 could not start or failed; 2 wrong flags or settings;\n"
      "3 storage failed: restart the node.");
  set_action([this] { return run_node(); });
}

int ServeCommand::run_node() const {
  const auto modules = app::make_modules();
  app::Settings settings = app::valid_settings(flags_.file(), flags_.overrides(), modules);
  settings.accept_modules = accept_modules_;
  telemetry::configure_logs(settings.log_levels.level, settings.log_format);
  if (!first_keys_.empty())
    key_admin::make_first_keys(first_keys_, settings.data_folder, settings.data_rule);
  const telemetry::QueuedLogs queued;
  try {
    return app::serve(settings, modules);
  } catch (const http::TlsError& e) {
    throw cli::WrongUse(std::string("http.tls: ") + e.what());
  } catch (const app::KeyMissing& e) {
    throw cli::WrongUse(e.what());
  }
}

}  // namespace orderflow::commands
