#pragma once

#include "host/module.hpp"
#include "storage/integrity_report.hpp"
#include "storage/program_versions.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace orderflow::doctor {

/// What the doctor found in one database.
struct DoctorReport {
  std::filesystem::path file;
  std::string node;  ///< the name of the node it belongs to
  storage::ProgramVersions versions{};
  storage::IntegrityReport integrity{};
  std::int64_t snapshots = 1;  ///< that it was read in
  std::chrono::milliseconds duration{0};
};

struct DoctorOptions {
  enum class Snapshots {
    as_fits,  ///< one; many where a node works on a large database
    one,
    many
  };
  Snapshots snapshots = Snapshots::as_fits;
  /// With many: rows of the log, or of one table of orders, that one snapshot reads, 1 or more.
  std::int64_t rows_a_snapshot = 20'000;
};

/// Checks every invariant that the data of a node can show; read-only. `path` is a
/// database or a data folder. Throws `storage::NotInspectable`. The modules need not be configured.
///
/// A node cannot reuse the space of its write-ahead log while a snapshot is read. So while one runs
/// on a large database it is read in many: each covers some of the orders, with all that belongs to
/// them, so that its findings are of one moment. An order placed meanwhile may be missed. Checks
/// that need all tables at the same moment are skipped then.
DoctorReport check_database(const std::filesystem::path& path,
                            const std::vector<std::unique_ptr<host::Module>>& modules,
                            const DoctorOptions& options = {});

/// One line a check, findings below those that failed.
std::string to_text(const DoctorReport& report);
nlohmann::ordered_json to_json(const DoctorReport& report);

}  // namespace orderflow::doctor
