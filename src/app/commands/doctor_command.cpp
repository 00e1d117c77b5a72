#include "commands/doctor_command.hpp"

#include "cli/exit_code.hpp"
#include "cli/printing.hpp"
#include "doctor.hpp"
#include "modules.hpp"
#include "storage/examination.hpp"

#include <CLI/CLI.hpp>

namespace orderflow::app {

DoctorCommand::DoctorCommand(CLI::App& app)
    : CommandGroup(app, "doctor", "Check a database for everything that must hold") {
  command()
      .add_option("FILE", path_, "A database, a backup, or a node's data folder")
      ->type_name("FILE")
      ->required();
  command().add_flag("--json", json_, "Print JSON, for scripts");
  command().footer(
      "Changes nothing, and may run beside the node. Of each failed check the first 10 findings\n"
      "are shown.\n\n"
      "Exit codes: 0 every check passed or was skipped; 1 one failed; 2 FILE cannot be checked:\n"
      "it is not there, no database of orderflow, or newer than this program.");
  set_action([this] { return examine(); });
}

int DoctorCommand::examine() const {
  try {
    const Diagnosis diagnosis = examine_database(path_, make_modules());
    if (json_) {
      cli::print_json(to_json(diagnosis));
    } else {
      cli::print(to_text(diagnosis));
    }
    return diagnosis.checkup.sound() ? cli::exit_ok : cli::exit_failed;
  } catch (const storage::NotExaminable& e) {
    throw cli::WrongUse(e.what());
  }
}

}  // namespace orderflow::app
