#include "commands/guide/contract_commands.hpp"

#include "api_docs/contracts.hpp"
#include "app/modules.hpp"
#include "cli/exit_code.hpp"
#include "cli/terminal/printing.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace orderflow::commands {
namespace {

int print_document(const std::string& text) {
  cli::print(text);
  return cli::exit_ok;
}

}  // namespace

OpenapiCommand::OpenapiCommand(CLI::App& app)
    : CommandGroup(app, "openapi", "Print the OpenAPI document of the REST interface") {
  command().footer(
      "Covers every possible route; a node serves at /openapi.json those that it has.\n\n"
      "Exit codes: 0 printed; 1 standard output cannot be written.");
  set_action([] {
    const auto modules = app::make_modules();
    return print_document(api_docs::printed_openapi(modules, app::all_scopes(modules).all()));
  });
}

AsyncapiCommand::AsyncapiCommand(CLI::App& app)
    : CommandGroup(app, "asyncapi", "Print the AsyncAPI document of the events") {
  command().footer("Exit codes: 0 printed; 1 standard output cannot be written.");
  set_action([] { return print_document(api_docs::printed_asyncapi(app::make_modules())); });
}

}  // namespace orderflow::commands
