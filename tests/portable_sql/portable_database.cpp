#include "portable_database.hpp"

#include <algorithm>
#include <exception>
#include <fstream>
#include <iterator>
#include <memory>
#include <regex>

namespace orderflow::portable_sql {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// What a step does in PostgreSQL: its pair, or, where it has none, the same with PostgreSQL's
/// names of the types.
std::string postgres_script(const MigrationPair& pair) {
  if (fs::exists(pair.postgres)) return text_of(pair.postgres);
  static const std::regex text(R"(\bTEXT\b)");
  static const std::regex integer(R"(\bINTEGER\b)");
  const std::string named = std::regex_replace(text_of(pair.sqlite), text, "text COLLATE \"C\"");
  return std::regex_replace(named, integer, "bigint");
}

struct Database {
  test::PostgresServer server;
  PostgresClient client{server.connection_text()};

  Database() {
    // That of src/storage/migration.cpp, which makes its own table before all others.
    client.run(
        "CREATE TABLE storage_migration(owner text COLLATE \"C\" NOT NULL, number bigint NOT NULL,"
        " name text COLLATE \"C\" NOT NULL, checksum text COLLATE \"C\" NOT NULL,"
        " applied_at bigint NOT NULL, PRIMARY KEY(owner, number))");
    for (const MigrationPair& pair : migration_pairs()) {
      try {
        client.run(postgres_script(pair));
      } catch (const Refused& e) {
        throw Refused(pair.sqlite.string() + " for PostgreSQL: " + e.what());
      }
    }
  }
};

struct Opening {
  std::unique_ptr<Database> database;
  std::exception_ptr failed;

  Opening() {
    try {
      database = std::make_unique<Database>();
    } catch (...) {
      failed = std::current_exception();
    }
  }
};

}  // namespace

std::vector<MigrationPair> migration_pairs() {
  std::vector<MigrationPair> pairs;
  for (const auto& entry : fs::recursive_directory_iterator(ORDERFLOW_MIGRATIONS)) {
    const fs::path& file = entry.path();
    if (file.extension() != ".sql" || file.stem().extension() == ".postgres") continue;
    fs::path pair = file;
    pairs.push_back({file, pair.replace_extension(".postgres.sql")});
  }
  std::ranges::sort(pairs, {}, &MigrationPair::sqlite);
  return pairs;
}

PostgresClient& portable_database() {
  // What fails once is not tried again by each test.
  static const Opening opening;
  if (opening.failed) std::rethrow_exception(opening.failed);
  return opening.database->client;
}

}  // namespace orderflow::portable_sql
