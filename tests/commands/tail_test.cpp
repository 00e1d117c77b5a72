#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "commands/shell.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <sstream>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr auto tail_limit = sanitized ? 90s : 30s;

std::vector<json> documents(const std::string& output) {
  std::vector<json> all;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);)
    all.push_back(json::parse(line));
  return all;
}

TEST_CASE("the tail shows what happens, of one kind or key, and ends at Ctrl-C with 0") {
  TemporaryFolder folder;
  Node node(folder.path());
  HttpClient client(node.port());
  const Shell shell(node.port());
  const std::string before = place(client, order_of("u-0", 100)).at("id");
  settled(client, before);
  // From the start, so that none is missed however long the commands take to begin.
  Process all(shell.command({"events", "tail", "--after", "0", "--json"}));
  Process created(
      shell.command({"events", "tail", "--after", "0", "--kind", "order.created", "--json"}));
  Process of_key(shell.command({"events", "tail", "--after", "0", "--key", before, "--json"}));
  REQUIRE(all.wait_for_line("order.processed", tail_limit));
  const std::string order = place(client, order_of("u-1", 100)).at("id");
  REQUIRE(created.wait_for_line(order, tail_limit));
  REQUIRE(all.wait_for_line(order, tail_limit));
  REQUIRE(of_key.wait_for_line("order.processed", tail_limit));
  for (Process* process : {&all, &created, &of_key}) {
    process->send(SIGINT);
    CHECK(process->wait(tail_limit) == ExitStatus{.code = 0});
    CHECK(process->errors().empty());
  }
  for (const json& event : documents(created.output()))
    CHECK(event.at("type") == "order.created");
  for (const json& event : documents(of_key.output()))
    CHECK(event.at("subject") == before);
}

/// A node on one port, so that who lost it finds it again.
Command node_at(const std::filesystem::path& data, const std::string& port) {
  Command command = serve_command(data);
  *std::next(std::ranges::find(command.arguments, "--port")) = port;
  return command;
}

std::string free_port(const std::filesystem::path& data) {
  Process node(serve_command(data));
  const auto line = node.wait_for_line("listening on", tail_limit);
  REQUIRE(line);
  node.send(SIGTERM);
  REQUIRE(node.wait(tail_limit));
  return line->substr(line->rfind(':') + 1);
}

TEST_CASE("a tail whose node goes away finds it again and misses nothing") {
  TemporaryFolder folder;
  const std::string port = free_port(folder.path());
  const auto number = static_cast<std::uint16_t>(std::stoul(port));
  std::optional<Process> node(std::in_place, node_at(folder.path(), port));
  REQUIRE(node->wait_for_line("listening on", tail_limit));
  Process tail(Shell(number).command({"events", "tail", "--json", "--after", "0"}));
  {
    HttpClient client(number);
    settled(client, place(client, order_of("u-first", 100)).at("id"));
  }
  REQUIRE(tail.wait_for_line("\"u-first\"", tail_limit));
  for (int round = 0; round < 2; ++round) {
    node->send(SIGKILL);
    REQUIRE(node->wait(tail_limit));
    wait_until("the tail has noticed", [&] {
      const std::string errors = tail.errors();
      return std::ranges::count(errors, '\n') > round &&
             errors.find("trying again in") != std::string::npos;
    });
    // Published while nobody listens: by a node on the same data and another port.
    {
      Node elsewhere(folder.path());
      HttpClient other(elsewhere.port());
      settled(other, place(other, order_of("u-" + std::to_string(round), 100)).at("id"));
    }
    node.emplace(node_at(folder.path(), port));
    REQUIRE(node->wait_for_line("listening on", tail_limit));
    REQUIRE(tail.wait_for_line("\"u-" + std::to_string(round) + "\"", tail_limit * 2));
  }
  HttpClient again(number);
  const json log = get(again, "/v1/events?limit=500").at("events");
  wait_until("the tail has shown every event", [&] {
    const std::string output = tail.output();
    return static_cast<std::size_t>(std::ranges::count(output, '\n')) >= log.size();
  });
  tail.send(SIGTERM);
  CHECK(tail.wait(tail_limit) == ExitStatus{.code = 0});
  std::set<std::string> positions;
  for (const json& event : documents(tail.output())) {
    const std::string position = event.at("sequence");
    CAPTURE(position);
    CHECK(positions.insert(position).second);
  }
  CHECK(positions.size() == log.size());
  node->send(SIGTERM);
  CHECK(node->wait(tail_limit) == ExitStatus{.code = 0});
}

}  // namespace
}  // namespace orderflow::test
