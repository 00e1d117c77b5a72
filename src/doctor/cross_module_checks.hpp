#pragma once

#include "events/operations/log_integrity.hpp"
#include "host/module.hpp"
#include "storage/integrity_report.hpp"

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace orderflow::doctor {

/// Adds what no module can see alone: orders against payments, and whether every order that is not
/// final is waited on by somebody; of the orders of the integrity check's scope, as the modules
/// export them. `owners` have tables in the database.
void check_across_modules(storage::Connection& connection,
                          const std::vector<std::unique_ptr<host::Module>>& modules,
                          const std::set<std::string>& owners, events::LogIntegrity& events,
                          storage::IntegrityReport& report);

}  // namespace orderflow::doctor
