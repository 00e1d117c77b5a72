#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace orderflow::commands {

/// The entries of `GET /v1/admin/dead-letters` as a table.
std::string dead_letter_table(const nlohmann::json& letters);

/// A dead letter with its payload, its attempts and what is parked behind it.
std::string dead_letter_text(const nlohmann::json& letter);

/// What a replay would do.
std::string dry_run_text(const nlohmann::json& dry_run);

}  // namespace orderflow::commands
