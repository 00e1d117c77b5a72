#include "contract_command.hpp"

#include "contracts.hpp"
#include "modules.hpp"
#include "serve.hpp"

#include <cstdio>

namespace orderflow::app {

ContractCommand::ContractCommand(CLI::App& app)
    : openapi_(*app.add_subcommand("openapi", "Print the OpenAPI document of the REST interface")),
      asyncapi_(*app.add_subcommand("asyncapi", "Print the AsyncAPI document of the events")) {
  openapi_.footer(
      "Tells of every route there can be; a node serves at /openapi.json those that it has.\n\n"
      "Exit codes: 0 printed; 1 standard output cannot be written.");
  asyncapi_.footer("Exit codes: 0 printed; 1 standard output cannot be written.");
}

int ContractCommand::run() const {
  const std::string text =
      openapi_.parsed() ? printed_openapi(make_modules()) : printed_asyncapi(make_modules());
  const bool printed = std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
  return printed ? exit_ok : exit_failed;
}

}  // namespace orderflow::app
