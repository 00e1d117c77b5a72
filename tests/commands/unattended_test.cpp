// A node that is started and watched by a program, as in a container.
#include "acceptance/support/keys.hpp"
#include "acceptance/support/node.hpp"
#include "commands/shell.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <csignal>

namespace orderflow::test {
namespace {

TEST_CASE("whether a node serves is shown without a key") {
  TemporaryFolder folder;
  make_key(folder.path(), "chief", {"admin"});
  std::uint16_t port = 0;
  {
    Node node(folder.path());
    port = node.port();
    const CommandOutput alive = Shell(port).run({"status", "--alive"});
    CAPTURE(alive.errors);
    CHECK(alive.code == 0);
    CHECK(alive.output == "The node at http://127.0.0.1:" + std::to_string(port) + " serves.\n");
    CHECK(Shell(port).run({"status", "--alive", "--json"}).json().is_object());
    CHECK(Shell(port).run({"status"}).code == 1);
  }
  CHECK(Shell(port).run({"status", "--alive"}).code == 4);
}

TEST_CASE("a node starts with the keys that it is configured to make") {
  TemporaryFolder folder;
  Command command = serve_command(folder.path() / "data");
  command.arguments.insert(command.arguments.end(), {"--first-keys", folder.path().string()});
  Process process(command);
  const std::string before = "listening on http://127.0.0.1:";
  const auto line = process.wait_for_line(before, std::chrono::seconds(60));
  REQUIRE(line);
  Shell shell(static_cast<std::uint16_t>(std::stoul(line->substr(before.size()))));
  CHECK(shell.run({"status"}).code == 1);
  CHECK(shell.run({"status", "--key-file", (folder.path() / "operator.key").string()}).code == 0);
  process.send(SIGTERM);
  CHECK(process.wait(std::chrono::seconds(60)) == ExitStatus{.code = 0});
}

}  // namespace
}  // namespace orderflow::test
