#include "key_admin/first_keys.hpp"

#include "access/api_key.hpp"
#include "key_admin/key_administration.hpp"
#include "storage/own_file.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace orderflow::key_admin {
namespace {

namespace fs = std::filesystem;

std::string line_of(const fs::path& file) {
  std::string line;
  std::ifstream stream(file);
  std::getline(stream, line);
  return line;
}

unsigned mode_of(const fs::path& file) {
  return static_cast<unsigned>(fs::status(file).permissions());
}

struct FirstKeysFixture {
  test::TemporaryFolder folder;
  fs::path data = folder.path() / "data";
  fs::path keys = folder.path() / "keys";
  const FirstKeyScopes scopes{.of_operator = access::Scopes::from_text("metrics:read admin"),
                              .of_metrics = access::Scopes::from_text("metrics:read")};

  nlohmann::json listed() { return keys_in_folder(data, true)->list().at("keys"); }
};

TEST_CASE_FIXTURE(FirstKeysFixture,
                  "a node without keys gets one for its operator and one for metrics") {
  fs::create_directory(keys);
  make_first_keys(keys, data, scopes);
  CHECK(line_of(keys / "operator.key").starts_with("ofk_"));
  CHECK(line_of(keys / "metrics.key").starts_with("ofk_"));
  CHECK(mode_of(keys / "operator.key") == 0600);
  CHECK(mode_of(keys / "metrics.key") == 0640);
  for (const auto& key : listed()) {
    const bool is_operators = key.at("name") == "operator";
    CHECK(key.at("scopes") == (is_operators ? scopes.of_operator : scopes.of_metrics).names());
  }
}

TEST_CASE_FIXTURE(FirstKeysFixture,
                  "keys that are there stay as they are, also when their files are gone") {
  fs::create_directory(keys);
  make_first_keys(keys, data, scopes);
  const std::string first = line_of(keys / "operator.key");
  make_first_keys(keys, data, scopes);
  CHECK(line_of(keys / "operator.key") == first);
  fs::remove(keys / "operator.key");
  make_first_keys(keys, data, scopes);
  CHECK_FALSE(fs::exists(keys / "operator.key"));
  CHECK(listed().size() == 2);
}

TEST_CASE_FIXTURE(FirstKeysFixture, "no key is made where its file cannot be written") {
  CHECK_THROWS_AS(make_first_keys(keys, data, scopes), std::runtime_error);
  CHECK(listed().empty());
}

TEST_CASE_FIXTURE(FirstKeysFixture, "no key is written through a link") {
  fs::create_directory(keys);
  const fs::path precious = folder.path() / "precious";
  std::ofstream(precious) << "everything\n";
  fs::create_symlink(precious, keys / "operator.key");
  CHECK_THROWS_AS(make_first_keys(keys, data, scopes), storage::FileRefused);
  CHECK(line_of(precious) == "everything");
  CHECK(listed().empty());
}

}  // namespace
}  // namespace orderflow::key_admin
