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
  /// With many: rows of the log, or of one table of orders, that one snapshot looks at, 1 or more.
  std::int64_t rows_a_snapshot = 20'000;
};

/// Checks every invariant that the data of a node can show, without changing a byte. `path` is a
/// database or a data folder. Throws `storage::NotInspectable`. The modules need not be configured.
///
/// A node cannot give back the space of its write-ahead log while somebody reads in a snapshot. So
/// while one works on a large database it is read in many: each looks at some of the orders, with
/// all that belongs to them, so that what it finds is of one moment. An order that comes meanwhile
/// may not be looked at. What needs all tables at the same moment is skipped then.
DoctorReport check_database(const std::filesystem::path& path,
                            const std::vector<std::unique_ptr<host::Module>>& modules,
                            const DoctorOptions& options = {});

/// One line a check, findings below those that failed.
std::string to_text(const DoctorReport& report);
nlohmann::ordered_json to_json(const DoctorReport& report);

}  // namespace orderflow::doctor
