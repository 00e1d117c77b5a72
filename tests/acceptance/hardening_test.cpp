// The options of the compiler and the linker show in the executable.
#include "acceptance/support/node.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <string>

namespace orderflow::test {
namespace {

std::string readelf(const std::string& what) {
  Process process({.executable = "/usr/bin/readelf",
                   .arguments = {"--wide", what, serve_command("data").executable.string()}});
  const auto exit = process.wait(std::chrono::seconds(60));
  REQUIRE(exit == ExitStatus{.code = 0});
  return process.output();
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("the executable is hardened") {
  CHECK(contains(readelf("--file-header"), "DYN (Position-Independent Executable file)"));
  const std::string segments = readelf("--program-headers");
  CHECK(contains(segments, "GNU_RELRO"));
  const std::size_t stack = segments.find("GNU_STACK");
  REQUIRE(stack != std::string::npos);
  CHECK_FALSE(contains(segments.substr(stack, segments.find('\n', stack) - stack), "RWE"));
  CHECK(contains(readelf("--dynamic"), "NOW"));
#if defined(NDEBUG)  // what only the release is compiled with
  const std::string symbols = readelf("--dyn-syms");
  CHECK(contains(symbols, "__stack_chk_fail"));
  CHECK(contains(symbols, "_chk@GLIBC"));
#endif
}

TEST_CASE("a node warns when it runs as root, and only then") {
  TemporaryFolder folder;
  Node node(folder.path() / "data");
  const auto warns = [&] { return contains(node.process().errors(), "runs as root"); };
  if (::geteuid() == 0) {
    CHECK_NOTHROW(wait_until("the node warns of root", warns));
  } else {
    node.stop();
    CHECK_FALSE(warns());
  }
}

}  // namespace
}  // namespace orderflow::test
