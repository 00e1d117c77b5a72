#pragma once

#include "storage/backups.hpp"
#include "telemetry/exposition.hpp"

#include <filesystem>

namespace orderflow::monitoring {

/// Adds the sizes of the database file and of its write-ahead log, and the room that is left on
/// their disk. From any thread.
void export_sizes(telemetry::Exposition& metrics, const std::filesystem::path& database);

/// Adds when the newest of the backups was made. From any thread.
void export_backups(telemetry::Exposition& metrics, const storage::Backups& backups);

}  // namespace orderflow::monitoring
