#include "commands/database/node_command.hpp"

#include "cli/exit_code.hpp"
#include "cli/terminal/printing.hpp"
#include "commands/database/rename_node.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace orderflow::commands {

NodeCommand::NodeCommand(CLI::App& app) : CommandGroup(app, "node", "Prepare the data of a node") {
  auto& renaming =
      add("rename", "Give a copied data folder a node of its own", [this] { return rename(); });
  renaming.add_option("DATA", folder_, "The copied data folder; no node runs on it")
      ->type_name("FOLDER")
      ->required();
  renaming.add_option("--to", name_, "The new name: 1 to 64 of A-Z a-z 0-9 _ -")
      ->type_name("NAME")
      ->required();
  renaming.add_flag("--json", json_, "Print JSON, for scripts");
  renaming.footer(
      "Everything else stays as it is. docs/production.md explains when it is needed.\n\n"
      "Exit codes: 0 done; 1 refused, and nothing was changed.");
}

int NodeCommand::rename() const {
  const RenamedNode renamed = rename_node(folder_, name_);
  if (json_) {
    nlohmann::json document = {{"before", renamed.before},
                               {"after", renamed.after},
                               {"publishesAfter", nullptr},
                               {"waiting", renamed.waiting}};
    if (renamed.publishes_after) document["publishesAfter"] = *renamed.publishes_after;
    cli::print_json(document);
    return cli::exit_ok;
  }
  std::string text = "node " + renamed.before + " is now " + renamed.after + "\n";
  if (renamed.publishes_after) {
    text += "it publishes what comes after position " + std::to_string(*renamed.publishes_after) +
            " of its log: what is there already is published by " + renamed.before + "\n";
  }
  if (renamed.waiting > 0) {
    text += std::to_string(renamed.waiting) +
            " deliveries are unfinished, and this node takes over those of the modules it will "
            "host: no other copy may host them too\n";
  }
  cli::print(text);
  return cli::exit_ok;
}

}  // namespace orderflow::commands
