#include "storage/own_file.hpp"

#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace orderflow::storage {
namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void check_refused(const fs::path& file, const char* why) {
  CHECK_THROWS_WITH_AS(OwnFile(AT_FDCWD, file, 0600), doctest::Contains(why), FileRefused);
}

TEST_CASE("a file of ours is made with its mode, whatever the umask, and written as a whole") {
  test::TemporaryFolder folder;
  const ::mode_t before = ::umask(0777);
  {
    OwnFile file(AT_FDCWD, folder.path() / "file", 0640);
    file.write("something long");
    file.write("short");
    file.sync();
  }
  ::umask(before);
  CHECK(content_of(folder.path() / "file") == "short");
  struct stat state {};
  REQUIRE(::stat((folder.path() / "file").c_str(), &state) == 0);
  CHECK((state.st_mode & 0777) == 0640);
}

TEST_CASE("a link, a folder or a pipe where the file should be is refused, and nothing changes") {
  test::TemporaryFolder folder;
  const auto precious = folder.path() / "precious";
  const auto file = folder.path() / "file";
  std::ofstream(precious) << "everything";
  SUBCASE("a link") {
    fs::create_symlink(precious, file);
    check_refused(file, "it is a link");
  }
  SUBCASE("a second name of another file") {
    fs::create_hard_link(precious, file);
    check_refused(file, "second name");
  }
  SUBCASE("a folder") {
    fs::create_directory(file);
    check_refused(file, "cannot write");
  }
  SUBCASE("a pipe") {
    REQUIRE(::mkfifo(file.c_str(), 0600) == 0);
    check_refused(file, "not a plain file");
  }
  SUBCASE("another user's file") {
    if (::geteuid() != 0) return;  // nobody else can make one
    std::ofstream(file) << "";
    REQUIRE(::chown(file.c_str(), 65534, 65534) == 0);
    check_refused(file, "belongs to user 65534");
  }
  CHECK(content_of(precious) == "everything");
}

TEST_CASE("files and folders are synced alike, and what cannot be is reported") {
  const test::TemporaryFolder folder;
  const fs::path file = folder.path() / "file";
  std::ofstream(file) << "content";
  CHECK_FALSE(sync_path(file));
  CHECK_FALSE(sync_path(folder.path()));
  CHECK_NOTHROW(sync_folder(folder.path()));
  const fs::path missing = folder.path() / "missing";
  CHECK(sync_path(missing) == std::errc::no_such_file_or_directory);
  CHECK_THROWS_WITH_AS(sync_folder(missing), doctest::Contains("cannot sync"), FileRefused);
}

}  // namespace
}  // namespace orderflow::storage
