// What people see: widths, colours, and nothing of the data that could control their terminal.
#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "cli/terminal/shown_text.hpp"
#include "commands/shell.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <sstream>

namespace orderflow::test {
namespace {

/// Without colours.
std::string plain(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.compare(at, 2, "\x1b[") == 0) {
      at = text.find('m', at);
      REQUIRE(at != std::string::npos);
    } else {
      out += text[at];
    }
  }
  return out;
}

void check_width(const std::string& output, std::size_t columns) {
  std::istringstream lines(plain(output));
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    CHECK(cli::columns_of(line) <= columns);
    CHECK(cli::printable(line) == line);
  }
}

struct Shop {
  TemporaryFolder folder;
  Node node{folder.path(),
            {{"ORDERFLOW_BILLING_CAPTURE_RETRY_ATTEMPTS_MAX", "1"},
             {"ORDERFLOW_BILLING_CAPTURE_RETRY_FIRST_DELAY_MS", "1"}}};
  HttpClient client{node.port()};
  Shell shell{node.port()};

  Shop() {
    settled(client, place(client, order_of("a-user-with-a-rather-long-name", 900)).at("id"));
    place(client, order_of("u-2", 900, "sim-fail-9"));
    wait_until("a letter is dead",
               [&] { return !get(client, "/v1/admin/dead-letters").at("deadLetters").empty(); });
  }
};

TEST_CASE_FIXTURE(Shop, "every table fits the terminal") {
  if (find_program("script").empty()) return;
  for (const std::size_t columns : {40UL, 60UL, 80UL, 132UL}) {
    CAPTURE(columns);
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"status"},
          {"orders", "list"},
          {"events", "list"},
          {"events", "tail", "--after", "0", "--count", "5"},
          {"dead-letters", "list"},
          {"subscriptions", "list"},
          {"config", "show"}}) {
      CAPTURE(command.front());
      const CommandOutput result = shell.run_on_terminal(command, columns);
      CHECK(result.code == 0);
      CHECK(result.output.size() > 40);
      check_width(result.output, columns);
    }
  }
}

TEST_CASE_FIXTURE(Shop, "colours are for a terminal that wants them") {
  if (find_program("script").empty()) return;
  CHECK(shell.run_on_terminal({"orders", "list"}, 100).output.find("\x1b[32mPROCESSED\x1b[0m") !=
        std::string::npos);
  CHECK(shell.run({"orders", "list"}).output.find('\x1b') == std::string::npos);
  shell.set("NO_COLOR", "1");
  const CommandOutput result = shell.run_on_terminal({"orders", "list"}, 100);
  CHECK(result.output.find('\x1b') == std::string::npos);
  CHECK(result.output.find("PROCESSED") != std::string::npos);
}

TEST_CASE_FIXTURE(Shop, "a pipe gets every cell whole") {
  const CommandOutput result = shell.run({"events", "list", "--kind", "order.created"});
  CHECK(result.output.find("a-user-with-a-rather-long-name") != std::string::npos);
  CHECK(result.output.find("…") == std::string::npos);
}

TEST_CASE_FIXTURE(Shop, "text of others is shown and does nothing") {
  if (find_program("script").empty()) return;
  auto order = order_of("u-3", 500);
  // A mark of direction, which some scripts need, and one of the order of bytes.
  order["items"][0]["name"] = "Tea \u200f31m red \ufeff gnp.exe";
  const auto response = client.post("/v1/orders", order);
  REQUIRE(response.status == 201);
  const std::string id = response.json().at("id");
  settled(client, id);
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"orders", "show", id},
        {"events", "list", "--key", id},
        {"events", "tail", "--key", id, "--after", "0", "--count", "1"},
        {"events", "list", "--key", id, "--json"},
        {"orders", "show", id, "--json"},
        {"orders", "show", "\u009b31m"}}) {
    const CommandOutput result = shell.run_on_terminal(command, 300);
    CAPTURE(result.output);
    CHECK(result.output.find("\u009b") == std::string::npos);
    CHECK(result.output.find("\u200f") == std::string::npos);
    CHECK(result.output.find("\ufeff") == std::string::npos);
  }
  CHECK(shell.run({"orders", "show", id}).output.find("Tea \\u200f31m red \\ufeff gnp.exe") !=
        std::string::npos);
  const CommandOutput json = shell.run({"orders", "show", id, "--json"});
  CHECK(json.json()["order"]["items"][0]["name"] == order["items"][0]["name"]);
}

}  // namespace
}  // namespace orderflow::test
