#pragma once

#include "host/module.hpp"
#include "storage/checkup.hpp"
#include "storage/program_versions.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace orderflow::app {

/// What the doctor found in one database.
struct Diagnosis {
  std::filesystem::path file;
  std::string node;  ///< the name of the node it belongs to
  storage::ProgramVersions versions{};
  storage::Checkup checkup{};
  std::chrono::milliseconds duration{0};
};

/// Checks every invariant that the data of a node can show, in one snapshot and without changing a
/// byte; beside a running node too. `path` is a database or a data folder. Throws
/// `storage::NotExaminable`. The modules need not be configured.
Diagnosis examine_database(const std::filesystem::path& path,
                           const std::vector<std::unique_ptr<host::Module>>& modules);

/// One line a check, findings below those that failed.
std::string to_text(const Diagnosis& diagnosis);
nlohmann::ordered_json to_json(const Diagnosis& diagnosis);

}  // namespace orderflow::app
