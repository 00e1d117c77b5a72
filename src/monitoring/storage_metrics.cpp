#include "monitoring/storage_metrics.hpp"

#include <chrono>
#include <cstdint>
#include <system_error>

namespace orderflow::monitoring {
namespace {

double size_of(const std::filesystem::path& file) {
  std::error_code missing;
  const std::uintmax_t bytes = std::filesystem::file_size(file, missing);
  return missing ? 0 : static_cast<double>(bytes);
}

}  // namespace

void export_sizes(telemetry::Exposition& metrics, const std::filesystem::path& database) {
  metrics.gauge("orderflow_storage_database_bytes", "Size of the database file.",
                size_of(database));
  metrics.gauge("orderflow_storage_log_file_bytes", "Size of the file of the write-ahead log.",
                size_of(database.string() + "-wal"));
  std::error_code unknown;
  const auto space = std::filesystem::space(database.parent_path(), unknown);
  if (unknown) return;
  metrics.gauge("orderflow_storage_free_bytes", "Room that is left on the disk of the data folder.",
                static_cast<double>(space.available));
}

void export_backups(telemetry::Exposition& metrics, const storage::Backups& backups) {
  const auto there = backups.list();
  const std::chrono::duration<double> made_at =
      there.empty() ? core::Duration{0} : there.front().made_at.time_since_epoch();
  metrics.gauge("orderflow_backup_last_timestamp_seconds",
                "When the newest backup in the data folder was made, since 1970; 0: there is none.",
                made_at.count());
}

}  // namespace orderflow::monitoring
