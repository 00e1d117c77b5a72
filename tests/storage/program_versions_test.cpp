#include "storage/program_versions.hpp"

#include "database_fixture.hpp"
#include "storage/migration.hpp"
#include "storage/ownership.hpp"

#include <doctest/doctest.h>

#include <array>

namespace orderflow::storage {
namespace {

struct VersionsFixture : DatabaseFixture {
  /// Brings the tables to where they were after the first `steps`.
  void migrate_to(std::size_t steps) {
    constexpr std::array<std::string_view, 1> owners{Ownership::storage_layer};
    const auto known = embedded_migrations();
    auto wanted = migrations_of(owners, known);
    wanted.resize(std::min(steps, wanted.size()));
    migrate(connection, wanted, known, core::from_micros(1));
  }
};

TEST_CASE_FIXTURE(VersionsFixture, "a database keeps who made it and who last opened it") {
  migrate_to(3);
  CHECK(program_versions(connection).made_by.empty());
  CHECK(record_program(connection, "0.2.0").opened_by.empty());
  CHECK(record_program(connection, "0.3.0").opened_by == "0.2.0");
  CHECK(record_program(connection, "0.3.0").opened_by == "0.3.0");
  const ProgramVersions now = program_versions(connection);
  CHECK(now.made_by == "0.2.0");
  CHECK(now.opened_by == "0.3.0");
}

TEST_CASE_FIXTURE(VersionsFixture, "a database from before it was kept was made by 0.1.0") {
  migrate_to(2);
  CHECK(program_versions(connection).made_by.empty());
  connection.run("INSERT INTO storage_node(only, name) VALUES(1, 'shop-1')");
  CHECK(program_versions(connection).made_by == "0.1.0");
  migrate_to(3);
  CHECK(program_versions(connection).made_by == "0.1.0");
  CHECK(record_program(connection, "0.2.0").opened_by == "0.1.0");
  CHECK(program_versions(connection).made_by == "0.1.0");
}

}  // namespace
}  // namespace orderflow::storage
