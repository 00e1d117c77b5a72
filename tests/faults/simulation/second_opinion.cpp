#include "faults/simulation/second_opinion.hpp"

#include "doctor.hpp"
#include "faults/simulation/plain_database.hpp"

#include <algorithm>
#include <exception>
#include <fstream>
#include <string>
#include <vector>

namespace orderflow::simulation {
namespace {

/// He looks at the file's name on the real disk before SQLite opens it on the machine's.
void show_name(const std::filesystem::path& database) {
  if (!std::filesystem::exists(database)) std::ofstream(database, std::ios::app);
}

/// He refuses what his program does not know.
void hide_ledger(const std::filesystem::path& database) {
  PlainDatabase(database).rows("DELETE FROM storage_migration WHERE owner = 'ledger'");
}

using Rows = std::vector<PlainDatabase::Row>;

/// The orders whose charge an operator has dropped.
Rows dropped_charges(const std::filesystem::path& database) {
  return PlainDatabase(database).rows(
      "SELECT key FROM event_audit WHERE action = 'discard' AND subscription = 'billing.capture'");
}

/// He is right to tell what was charged all the same, and an operator who drops a charge is to look
/// whether it was.
bool is_of_dropped_charge(const std::string& told, const Rows& dropped) {
  return told.find("it is to be paid back at the gateway") != std::string::npos &&
         std::ranges::any_of(dropped, [&](const PlainDatabase::Row& row) {
           return told.find(row[0]) != std::string::npos;
         });
}

}  // namespace

void ask_doctor(const std::filesystem::path& database,
                const std::vector<std::unique_ptr<host::Module>>& modules, bool has_late_results,
                std::string_view of, test::Findings& findings) {
  try {
    show_name(database);
    hide_ledger(database);
    const Rows dropped = dropped_charges(database);
    const app::Diagnosis diagnosis = app::examine_database(database, modules);
    for (const storage::Check& check : diagnosis.checkup.checks()) {
      for (const std::string& told : check.findings()) {
        // A node that says an order's result again under its own name is none of ours.
        if (has_late_results && told.find("came to its result") != std::string::npos) continue;
        if (is_of_dropped_charge(told, dropped)) continue;
        findings.add("doctor", std::string(of) + ", " + check.name() + ": " + told);
      }
    }
  } catch (const std::exception& e) {
    findings.add("doctor", std::string(of) + " cannot be examined: " + e.what());
  }
}

}  // namespace orderflow::simulation
