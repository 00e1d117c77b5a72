// What the linker and the compiler were told shows in the executable.
#include "acceptance/node.hpp"
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

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("the executable is hardened") {
  CHECK(says(readelf("--file-header"), "DYN (Position-Independent Executable file)"));
  const std::string segments = readelf("--program-headers");
  CHECK(says(segments, "GNU_RELRO"));
  const std::size_t stack = segments.find("GNU_STACK");
  REQUIRE(stack != std::string::npos);
  CHECK_FALSE(says(segments.substr(stack, segments.find('\n', stack) - stack), "RWE"));
  CHECK(says(readelf("--dynamic"), "NOW"));
#if defined(NDEBUG)  // what only the release is compiled with
  const std::string symbols = readelf("--dyn-syms");
  CHECK(says(symbols, "__stack_chk_fail"));
  CHECK(says(symbols, "_chk@GLIBC"));
#endif
}

TEST_CASE("a node says so where it runs as root, and there alone") {
  TemporaryFolder folder;
  Node node(folder.path() / "data");
  const auto tells = [&] { return says(node.process().errors(), "runs as root"); };
  if (::geteuid() == 0) {
    CHECK_NOTHROW(wait_until("the node warns of root", tells));
  } else {
    node.stop();
    CHECK_FALSE(tells());
  }
}

}  // namespace
}  // namespace orderflow::test
