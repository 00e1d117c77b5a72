#include "faults/simulation/verdict/independent_checks.hpp"

#include "doctor/doctor.hpp"
#include "faults/simulation/verdict/plain_database.hpp"

#include <algorithm>
#include <exception>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::simulation {
namespace {

/// He looks at the file's name on the real disk before SQLite opens it on the machine's.
void show_name(const std::filesystem::path& database) {
  if (!std::filesystem::exists(database)) std::ofstream(database, std::ios::app);
}

/// The doctor refuses what its program does not know.
void hide_ledger(const std::filesystem::path& database) {
  PlainDatabase(database).rows("DELETE FROM storage_migration WHERE owner = 'ledger'");
}

using Rows = std::vector<PlainDatabase::Row>;

/// The orders whose charge, or a refund of it, an operator has dropped.
Rows dropped(const std::filesystem::path& database, const std::string& subscription) {
  return PlainDatabase(database).rows(
      "SELECT key FROM event_audit WHERE action = 'discard' AND subscription = '" + subscription +
      "'");
}

bool is_of(const std::string& finding, std::string_view what, const Rows& orders) {
  return finding.find(what) != std::string::npos &&
         std::ranges::any_of(orders, [&](const PlainDatabase::Row& row) {
           return finding.find(row[0]) != std::string::npos;
         });
}

}  // namespace

void ask_doctor(const std::filesystem::path& database,
                const std::vector<std::unique_ptr<host::Module>>& modules, bool has_late_results,
                std::string_view of, test::Findings& findings) {
  try {
    show_name(database);
    hide_ledger(database);
    const Rows charges = dropped(database, "billing.capture");
    const Rows refunds = dropped(database, "billing.refund");
    const doctor::DoctorReport report = doctor::check_database(database, modules);
    for (const storage::IntegrityCheck& check : report.integrity.checks()) {
      for (const std::string& finding : check.findings()) {
        // A node that publishes an order's result again under its own name is none of ours.
        if (has_late_results && finding.find("came to its result") != std::string::npos) continue;
        // The doctor is right to report what was moved all the same where an operator has dropped
        // it, who is to look whether it was.
        if (is_of(finding, "it is to be paid back at the gateway", charges)) continue;
        if (is_of(finding, "a refund that it was not to make", refunds)) continue;
        findings.add("doctor", std::string(of) + ", " + check.name() + ": " + finding);
      }
    }
  } catch (const std::exception& e) {
    findings.add("doctor", std::string(of) + " cannot be examined: " + e.what());
  }
}

}  // namespace orderflow::simulation
