#pragma once

#include "storage/connection.hpp"

#include <string>
#include <string_view>

namespace orderflow::storage {

/// The versions of orderflow that a database has met. Both are empty where it has none.
struct ProgramVersions {
  std::string made_by{};
  std::string opened_by{};  ///< the last that wrote to it
};

/// Keeps that `version` opens the database, and that it made it where nobody has before. The tables
/// are up to date. Returns what was there before; both empty where the database is new.
ProgramVersions record_program(Connection& connection, std::string_view version);

/// What a database has, of whatever version.
ProgramVersions program_versions(Connection& connection);

/// The version of SQLite that this program runs with.
std::string sqlite_version();

}  // namespace orderflow::storage
