#include "commands/guide/guide_commands.hpp"

#include "app/loaded_settings.hpp"
#include "cli/bash_completion.hpp"
#include "cli/exit_code.hpp"
#include "cli/manual.hpp"
#include "cli/terminal/printing.hpp"

#include <CLI/CLI.hpp>

namespace orderflow::commands {
namespace {

cli::Manual manual_of(const CLI::App& app) {
  cli::ManualSection exits{.title = "EXIT STATUS", .entries = {}};
  for (const cli::ExitCode& exit : cli::exit_codes)
    exits.entries.emplace_back(std::to_string(exit.code), std::string(exit.meaning) + ".");
  cli::ManualSection environment{
      .title = "ENVIRONMENT",
      .entries = {
          {app::url_variable, "The node that commands talk to, such as http://127.0.0.1:8080."},
          {app::key_variable, "The API key that they send."},
          {app::plain_variable,
           "true: they send it to another machine without TLS too, as --plain-http."},
          {"ORDERFLOW_*", "Every setting: http.port as ORDERFLOW_HTTP_PORT."},
          {"NO_COLOR", "Set to anything, it turns colours off."}}};
  cli::ManualSection files{
      .title = "FILES",
      .entries = {{app::default_settings_file,
                   "The settings, read from the folder that the command is started in."}}};
  return {.version = ORDERFLOW_VERSION,
          .pages = cli::pages_of(app),
          .sections = {std::move(exits), std::move(environment), std::move(files)}};
}

}  // namespace

CompletionCommands::CompletionCommands(CLI::App& app)
    : CommandGroup(app, "completion", "Print a script that completes commands") {
  add("bash", "For bash",
      [&app] {
        cli::print(cli::bash_completion(cli::pages_of(app)));
        return cli::exit_ok;
      })
      .footer(
          "For this shell:\n\n"
          "  source <(orderflow completion bash)\n\n"
          "For all:\n\n"
          "  orderflow completion bash > /etc/bash_completion.d/orderflow");
}

ManCommand::ManCommand(CLI::App& app) : CommandGroup(app, "man", "Print the manual page") {
  command().footer(
      "To read it, and to install it:\n\n"
      "  orderflow man | man -l -\n"
      "  orderflow man > /usr/local/share/man/man1/orderflow.1");
  set_action([&app] {
    cli::print(cli::man_page(manual_of(app)));
    return cli::exit_ok;
  });
}

}  // namespace orderflow::commands
