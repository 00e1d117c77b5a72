#pragma once

#include "postgres_client.hpp"
#include "support/postgres_server.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace orderflow::portable_sql {

/// A migration's file, and its pair's, which is there where PostgreSQL needs another script.
struct MigrationPair {
  std::filesystem::path sqlite;
  std::filesystem::path postgres;
};

/// By owner and number.
std::vector<MigrationPair> migration_pairs();

/// A PostgreSQL database with the tables of all owners, of which one a test executable is enough.
PostgresClient& portable_database();

}  // namespace orderflow::portable_sql
