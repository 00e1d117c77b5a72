#include "commands/database/doctor_command.hpp"

#include "app/modules.hpp"
#include "cli/exit_code.hpp"
#include "cli/terminal/printing.hpp"
#include "doctor/doctor.hpp"
#include "storage/inspected_database.hpp"

#include <CLI/CLI.hpp>

namespace orderflow::commands {

DoctorCommand::DoctorCommand(CLI::App& app)
    : CommandGroup(app, "doctor", "Check a database for everything that must hold") {
  command()
      .add_option("FILE", path_, "A database, a backup, or a node's data folder")
      ->type_name("FILE")
      ->required();
  command().add_flag("--whole", whole_, "Read it in one snapshot, also while its node runs");
  command().add_flag("--json", json_, "Print JSON, for scripts");
  command().footer(
      "Changes nothing, and may run beside the node. A large database is read piece by piece "
      "then:\n"
      "all that belongs to some of the orders at one moment, and what needs all tables at once is\n"
      "skipped. With --whole nothing is skipped, and the node's write-ahead log grows meanwhile. "
      "Of\n"
      "each failed check the first 10 findings are shown.\n\n"
      "Exit codes: 0 every check passed or was skipped; 1 one failed; 2 FILE cannot be checked:\n"
      "it is not there, no database of orderflow, or newer than this program.");
  set_action([this] { return run_doctor(); });
}

int DoctorCommand::run_doctor() const {
  try {
    doctor::DoctorOptions options;
    if (whole_) options.snapshots = doctor::DoctorOptions::Snapshots::one;
    const doctor::DoctorReport report = doctor::check_database(path_, app::make_modules(), options);
    if (json_) {
      cli::print_json(to_json(report));
    } else {
      cli::print(to_text(report));
    }
    return report.integrity.sound() ? cli::exit_ok : cli::exit_failed;
  } catch (const storage::NotInspectable& e) {
    throw cli::WrongUse(e.what());
  }
}

}  // namespace orderflow::commands
