#pragma once

#include "storage/connection.hpp"
#include "support/temporary_folder.hpp"

#include <filesystem>

namespace orderflow::storage {

/// An empty database in a folder of its own.
struct DatabaseFixture {
  test::TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "test.db";
  Connection connection{file, Connection::Mode::read_write};
};

}  // namespace orderflow::storage
