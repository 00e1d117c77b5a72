#pragma once

#include "events/operations/log_integrity.hpp"
#include "storage/integrity_report.hpp"

#include <set>
#include <string>

namespace orderflow::doctor {

/// Adds the checks that need several modules: orders against payments, and whether some
/// subscription will continue every order that is not final; for the orders of the integrity
/// check's scope. `owners` have tables in the database.
void check_across_modules(storage::Connection& connection, const std::set<std::string>& owners,
                          events::LogIntegrity& events, storage::IntegrityReport& report);

}  // namespace orderflow::doctor
