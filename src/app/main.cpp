#include "bridge_command.hpp"
#include "contract_command.hpp"
#include "doctor_command.hpp"
#include "keys_command.hpp"
#include "node_command.hpp"
#include "serve.hpp"
#include "serve_command.hpp"

#include <CLI/CLI.hpp>

#include <sys/stat.h>
#include <csignal>
#include <cstdio>

namespace orderflow::app {
namespace {

int run(int argc, char** argv) {
  CLI::App app("Event-driven ordering in one executable", "orderflow");
  app.set_version_flag("--version", "orderflow " ORDERFLOW_VERSION);
  app.require_subcommand(1);
  const ServeCommand serve(app);
  const DoctorCommand doctor(app);
  const BridgeCommand bridge(app);
  const NodeCommand node(app);
  const KeysCommand keys(app);
  const ContractCommand contract(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? exit_ok : exit_usage;
  }
  if (doctor.chosen()) return doctor.run();
  if (bridge.chosen()) return bridge.run();
  if (node.chosen()) return node.run();
  if (keys.chosen()) return keys.run();
  if (contract.chosen()) return contract.run();
  return serve.run();
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
