#pragma once

#include "faults/findings.hpp"
#include "faults/simulation/simulated_node.hpp"

#include <filesystem>
#include <string_view>

namespace orderflow::simulation {

/// Has the doctor look at a database of the machine, beside the judge of `verdict.hpp`: the two
/// know nothing of each other. What it finds are findings, named after `of`. Nobody has the
/// database open, and nothing fails below it.
void ask_doctor(const std::filesystem::path& database,
                const std::vector<std::unique_ptr<host::Module>>& modules, bool has_late_results,
                std::string_view of, test::Findings& findings);

}  // namespace orderflow::simulation
