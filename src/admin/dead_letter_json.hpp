#pragma once

#include "events/operations/dead_letters.hpp"
#include "events/operations/operations.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <vector>

namespace orderflow::admin {

/// A letter as a list shows it.
nlohmann::json to_json(const events::DeadLetter& letter);

nlohmann::json to_json(const events::AttemptRecord& attempt);

/// The outcome of a dry run: rows, events, and how it would end.
nlohmann::json to_json(const events::DryRun& dry_run);

}  // namespace orderflow::admin
