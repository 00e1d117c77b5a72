// The commands of docs/api.md, run as a reader would.
#include "tour.hpp"
#include "acceptance/support/node.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <string>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;

constexpr const char* mark = "----- step ended -----";

/// One script of all steps, in one shell, as a reader has it; a command that fails ends it.
std::string script_of(const std::vector<TourStep>& steps, const std::string& address) {
  std::string script = "set -eu\n";
  for (const TourStep& step : steps) {
    std::string commands = step.commands;
    const std::string written = "http://127.0.0.1:8080";
    for (std::size_t at = commands.find(written); at != std::string::npos;
         at = commands.find(written, at)) {
      commands.replace(at, written.size(), address);
    }
    script += commands + "echo '" + mark + "'\n";
  }
  return script;
}

TEST_CASE("the tour of the interface runs as it is written") {
  TemporaryFolder folder;
  Node node(folder.path() / "data");
  const auto steps = steps_of(ORDERFLOW_TOUR);
  REQUIRE(steps.size() > 10);
  const auto script = folder.path() / "tour";
  std::ofstream(script) << "cd '" << folder.path().string() << "'\n"
                        << script_of(steps, "http://127.0.0.1:" + std::to_string(node.port()));
  Process shell({.executable = "/bin/bash", .arguments = {script.string()}});
  const auto exit = shell.wait(sanitized ? 300s : 120s);
  CHECK_MESSAGE(exit == ExitStatus{.code = 0}, shell.output(), shell.errors());

  std::string output = shell.output();
  for (const TourStep& step : steps) {
    const std::size_t end = output.find(mark);
    REQUIRE_MESSAGE(end != std::string::npos, "never reached: ", step.commands, shell.errors());
    const std::string printed = output.substr(0, end);
    output.erase(0, output.find('\n', end) + 1);
    CHECK_MESSAGE(is_as_expected(printed, step.expected), step.commands, "printed\n", printed);
  }
}

TEST_CASE("what is printed is compared line by line, and an ellipsis stands for anything") {
  CHECK(is_as_expected("a\nb\n", "a\nb\n"));
  CHECK(is_as_expected("id: 7f, ok\n", "id: …, ok\n"));
  CHECK_FALSE(is_as_expected("id: 7f\n", "id: …, ok\n"));
  CHECK_FALSE(is_as_expected("a\nb\n", "a\n"));
  CHECK_FALSE(is_as_expected("a\n", "a\nb\n"));
  CHECK_FALSE(is_as_expected("a\n", ""));
}

}  // namespace
}  // namespace orderflow::test
