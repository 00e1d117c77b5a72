#pragma once

#include "events/integrity/log_integrity.hpp"
#include "host/module.hpp"
#include "storage/integrity_report.hpp"

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace orderflow::doctor {

/// Adds the checks that need several modules: orders against payments, and whether some
/// subscription will continue every order that is not final; for the orders of the integrity
/// check's scope, as the modules export them. `owners` have tables in the database.
void check_across_modules(storage::Connection& connection,
                          const std::vector<std::unique_ptr<host::Module>>& modules,
                          const std::set<std::string>& owners, events::LogIntegrity& events,
                          storage::IntegrityReport& report);

}  // namespace orderflow::doctor
