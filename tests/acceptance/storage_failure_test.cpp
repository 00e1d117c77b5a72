#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;

/// `orderflow serve` that may write no file beyond `bytes`: to SQLite a disk that is full.
Command serve_on_small_disk(const std::filesystem::path& data, std::size_t bytes) {
  Command command = serve_command(data, {{"ORDERFLOW_NOTIFICATIONS_CHANNEL", "none"}});
  command.arguments.insert(command.arguments.begin(),
                           {"--fsize=" + std::to_string(bytes), command.executable.string()});
  command.executable = "/usr/bin/prlimit";
  return command;
}

TEST_CASE("a node whose disk is full fails its callers, exits with code 3, and has lost nothing") {
  TemporaryFolder folder;
  const auto data = folder.path() / "data";
  std::vector<std::string> acknowledged;
  {
    Process process(serve_on_small_disk(data, 4 << 20));
    const auto line = process.wait_for_line("listening on http://127.0.0.1:", 120s);
    REQUIRE(line.has_value());
    const auto port = static_cast<std::uint16_t>(std::stoul(line->substr(line->rfind(':') + 1)));
    HttpClient client(port);
    bool refused = false;
    for (int number = 0; number < 100'000 && !refused; ++number) {
      try {
        const auto response =
            client.post("/v1/orders", order_of("user-" + std::to_string(number), 100));
        if (response.status == 201) {
          acknowledged.push_back(response.json().at("id"));
        } else {
          CHECK(response.status == 503);
          refused = true;
        }
      } catch (const ConnectionLost&) {
        refused = true;
      }
    }
    CHECK(refused);
    CHECK(process.wait(120s) == ExitStatus{.code = 3});
    CHECK(process.errors().find("storage failed, no more writes") != std::string::npos);
  }
  REQUIRE(acknowledged.size() > 10);

  Node node(data, {{"ORDERFLOW_NOTIFICATIONS_CHANNEL", "none"}});
  HttpClient client(node.port());
  for (const std::string& id : acknowledged) {
    CHECK(settled(client, id).at("status") == "PROCESSED");
    CHECK(payments_of(client, id).size() == 1);
  }
}

}  // namespace
}  // namespace orderflow::test
