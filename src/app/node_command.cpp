#include "node_command.hpp"

#include "rename_node.hpp"
#include "serve.hpp"

#include <cstdio>

namespace orderflow::app {

NodeCommand::NodeCommand(CLI::App& app)
    : command_(*app.add_subcommand("node", "Prepare the data of a node")) {
  command_.require_subcommand(1);
  auto& rename = *command_.add_subcommand("rename", "Give a copied data folder a node of its own");
  rename.add_option("DATA", folder_, "The copied data folder; no node runs on it")->required();
  rename.add_option("--to", name_, "The new name: 1 to 64 of A-Z a-z 0-9 _ -")->required();
  rename.footer(
      "Everything else stays as it is. docs/production.md tells when it is needed.\n\n"
      "Exit codes: 0 done; 1 refused, and nothing was changed.");
}

int NodeCommand::run() const {
  try {
    const RenamedNode renamed = rename_node(folder_, name_);
    std::printf("node %s is now %s\n", renamed.before.c_str(), renamed.after.c_str());
    if (renamed.publishes_after) {
      std::printf(
          "it publishes what comes after place %lld of its log: what stands there already "
          "is published by %s\n",
          static_cast<long long>(*renamed.publishes_after), renamed.before.c_str());
    }
    if (renamed.waiting > 0) {
      std::printf(
          "%lld deliveries are not done, and this node works on those of the modules that "
          "it will host: no other copy may host them too\n",
          static_cast<long long>(renamed.waiting));
    }
    return exit_ok;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "orderflow: %s\n", e.what());
    return exit_failed;
  }
}

}  // namespace orderflow::app
