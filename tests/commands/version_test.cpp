// What an executable shows of itself.
#include "commands/shell.hpp"

#include <doctest/doctest.h>

#include <regex>

namespace orderflow::test {
namespace {

bool matches(const std::string& text, const char* pattern) {
  return std::regex_search(text, std::regex(pattern));
}

TEST_CASE("--version shows version, commit, build and the libraries that fixes come for") {
  const CommandOutput result = Shell().run({"--version"});
  CHECK(result.code == 0);
  CAPTURE(result.output);
  CHECK(result.output.starts_with("orderflow " ORDERFLOW_VERSION "\n"));
  CHECK(matches(result.output, "\ncommit +([0-9a-f]{7,40}(-dirty)?|unknown)\n"));
  CHECK(matches(result.output, "\nbuild +(Release|Debug), (GCC|clang) [0-9]+\\."));
  for (const char* library : {"SQLite", "OpenSSL", "libcurl", "rabbitmq-c", "Boost"})
    CHECK(matches(result.output, (std::string(library) + " [0-9]+\\.[0-9]+").c_str()));
}

}  // namespace
}  // namespace orderflow::test
