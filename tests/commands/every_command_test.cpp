// Every command that is defined: its help, a wrong use of it, and its JSON. A new command fails
// here until it has an entry.
#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "cli/command_page.hpp"
#include "commands/command_line.hpp"
#include "commands/shell.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

namespace orderflow::test {
namespace {

using nlohmann::json;
using Arguments = std::vector<std::string>;

/// How a command is tried out. Words in capitals stand for what the test has made: see `Workshop`.
struct Trial {
  Arguments wrong;           ///< refused with exit code 2 …
  std::string message;       ///< … and a message that has this
  Arguments with_json = {};  ///< without --json, which is added
  std::string member = {};   ///< what the document has; empty: the output is no JSON
  int code = 0;
};

// In this order: later ones work on what earlier ones have left.
const std::vector<std::pair<std::string, Trial>> trials{
    {"serve", {{"--port", "70000"}, "http.port"}},
    {"status", {{"--url", "nonsense"}, "is not the URL of a node", {}, "subscriptions"}},
    {"orders place",
     {{"--user", "ada"},
      "--item",
      {"--user", "ada", "--item", "book:2:500", "--wait", "20"},
      "id"}},
    {"orders list", {{"--status", "LOST"}, "LOST", {"--limit", "2"}, "orders"}},
    {"orders show", {{}, "ORDER is required", {"ORDER"}, "timeline"}},
    {"orders refund",
     {{"ORDER", "--amount", "0"}, "--amount", {"ORDER", "--amount", "10"}, "status"}},
    {"orders redrive", {{"--older-than", "soon"}, "length of time", {"--older-than", "5m"}, "", 1}},
    {"orders cancel",
     {{"ORDER", "--wait", "x"}, "--wait", {"ORDER", "--reason", "late"}, "status"}},
    {"events list", {{"--limit", "0"}, "--limit", {"--kind", "order.created"}, "events"}},
    {"events tail", {{"--after", "-2"}, "--after", {"--after", "0", "--count", "1"}, "type"}},
    {"dead-letters list",
     {{"--limit", "none"}, "--limit", {"--subscription", "billing.capture"}, "deadLetters"}},
    {"dead-letters show", {{}, "LETTER is required", {"LETTER"}, "history"}},
    {"dead-letters discard",
     {{"LETTER"}, "--reason is required", {"LETTER", "--reason", "test"}, "state"}},
    {"dead-letters replay", {{}, "name one dead letter", {"LETTER"}, "state"}},
    {"subscriptions list", {{"--lag"}, "--lag", {}, "subscriptions"}},
    {"subscriptions pause", {{}, "NAME is required", {"users.statistics"}, "paused"}},
    {"subscriptions resume", {{}, "NAME is required", {"users.statistics"}, "paused"}},
    {"subscriptions forget", {{}, "NAME is required", {"users.statistics"}, "", 1}},
    {"subscriptions rebuild",
     {{"users.statistics", "--wait"}, "--wait", {"users.statistics"}, "canRebuild"}},
    {"backup", {{"--list", "now"}, "now", {}, "checked"}},
    {"keys create",
     {{"--name", "x", "--scope", "everything"},
      "everything",
      {"--name", "x", "--scope", "orders:read", "--data", "FOLDER", "--url="},
      "key"}},
    {"keys list", {{"--scope", "admin"}, "--scope", {"--data", "FOLDER", "--url="}, "keys"}},
    {"keys rotate",
     {{"1", "--overlap", "soon"}, "--overlap", {"KEY", "--data", "FOLDER"}, "replaces"}},
    {"keys revoke", {{}, "ID is required", {"KEY", "--data", "FOLDER"}, "state"}},
    {"doctor", {{}, "FILE is required", {"FOLDER"}, "checks"}},
    {"node rename", {{"FOLDER"}, "--to is required", {"FOLDER", "--to", "other"}, "after"}},
    {"bridge check", {{"--data", "FOLDER"}, "there is no bridge", {"--data", "FOLDER"}, "ok", 1}},
    {"bridge requeue", {{}, "MODULE is required", {"billing", "--data", "FOLDER"}, "", 1}},
    {"config check", {{"--port", "x"}, "--port", {}, "valid"}},
    {"config show", {{"--all"}, "--all", {"--changed"}, "http.port"}},
    {"config schema", {{"--file", "x"}, "--file", {}, "properties"}},
    {"demo", {{"--rate", "0"}, "--rate", {"--count", "5", "--rate", "50"}, "statuses"}},
    {"openapi", {{"now"}, "now", {}, "paths"}},
    {"asyncapi", {{"now"}, "now", {}, "channels"}},
    {"completion bash", {{"now"}, "now"}},
    {"man", {{"orders"}, "orders"}},
};

/// Commands that print something else than JSON, whatever is asked.
const std::set<std::string> without_json{"serve", "completion bash", "man"};

/// Commands that print JSON always.
const std::set<std::string> json_alone{"config schema", "openapi", "asyncapi"};

/// A node with orders and dead letters, and the folder of one that has ended.
class Workshop {
 public:
  Workshop() : client_(node_.port()), shell_(node_.port()) {
    shell_.set("ORDERFLOW_HTTP_PORT", "4321");
    for (int i = 0; i < 3; ++i)
      place(client_, order_of("u-1", 500, "sim-fail-9"));
    wait_until("three letters are dead", [&] { return letters().size() == 3; });
    order_ = settled(client_, place(client_, order_of("u-2", 900)).at("id")).at("id");
    const Node ended(ended_folder());
  }

  std::filesystem::path ended_folder() const { return folder_.path() / "ended"; }
  const Shell& shell() const noexcept { return shell_; }

  /// Runs `path` with what the words stand for now; `into` a file, where one is named.
  CommandOutput run(const std::string& path, const Arguments& arguments, bool as_json,
                    const std::string& into = {}) {
    Arguments all;
    std::istringstream words(path);
    for (std::string word; words >> word;)
      all.push_back(word);
    Shell shell = shell_;
    const bool own_node = path.starts_with("keys");
    if (own_node) shell = Shell();
    if (path.starts_with("bridge") && as_json) {
      shell.set("RABBIT_MQ_URI", "amqp://127.0.0.1:1");
    }
    for (const std::string& argument : arguments) {
      if (argument != "--url=") all.push_back(meaning(argument));
    }
    const bool has_flag = !json_alone.contains(path) && !without_json.contains(path);
    if (as_json && has_flag) all.emplace_back("--json");
    return into.empty() ? shell.run(all) : shell.run_into(into, all);
  }

 private:
  json letters() { return get(client_, "/v1/admin/dead-letters").at("deadLetters"); }

  std::string meaning(const std::string& word) {
    if (word == "ORDER") return order_;
    if (word == "LETTER") return letters().at(0).at("id");
    if (word == "FOLDER") return ended_folder().string();
    if (word != "KEY") return word;
    const json keys =
        Shell().run({"keys", "list", "--json", "--data", ended_folder().string()}).json();
    return keys.at("keys").back().at("id");
  }

  TemporaryFolder folder_;
  Node node_{folder_.path() / "data",
             {{"ORDERFLOW_BILLING_CAPTURE_RETRY_ATTEMPTS_MAX", "3"},
              {"ORDERFLOW_BILLING_CAPTURE_RETRY_FIRST_DELAY_MS", "1"}}};
  HttpClient client_;
  Shell shell_;
  std::string order_;
};

std::vector<cli::CommandPage> commands() {
  const commands::CommandLine line;
  std::vector<cli::CommandPage> leaves;
  for (const cli::CommandPage& page : cli::pages_of(line.definition())) {
    if (page.subcommands.empty()) leaves.push_back(page);
  }
  return leaves;
}

void check_help(const std::string& path, const std::string& description) {
  Arguments arguments;
  std::istringstream words(path);
  for (std::string word; words >> word;)
    arguments.push_back(word);
  arguments.emplace_back("--help");
  const CommandOutput help = Shell().run(arguments);
  CAPTURE(path);
  CHECK(help.code == 0);
  CHECK(help.errors.empty());
  CHECK(help.output.starts_with(description));
  CHECK(help.output.find("Usage: orderflow") != std::string::npos);
  std::istringstream lines(help.output);
  for (std::string text; std::getline(lines, text);) {
    CAPTURE(text);
    CHECK(text.size() <= 100);
    CHECK(text.find('\t') == std::string::npos);
  }
}

TEST_CASE("every command lists its flags, within the width of a page") {
  const commands::CommandLine line;
  for (const cli::CommandPage& page : cli::pages_of(line.definition()))
    check_help(page.path, page.description);
}

TEST_CASE("every command has a trial, and every trial a command") {
  std::set<std::string> tried;
  for (const auto& [path, trial] : trials)
    tried.insert(path);
  std::set<std::string> defined;
  for (const cli::CommandPage& page : commands())
    defined.insert(page.path);
  CHECK(tried == defined);
}

TEST_CASE_FIXTURE(Workshop, "every command refuses wrong use, and prints JSON for scripts") {
  for (const auto& each : trials) {
    const std::string& path = each.first;
    const Trial& trial = each.second;
    CAPTURE(path);
    const CommandOutput refused = run(path, trial.wrong, false);
    CAPTURE(refused.errors);
    CHECK(refused.code == 2);
    CHECK(refused.output.empty());
    CHECK(refused.errors.find(trial.message) != std::string::npos);

    if (without_json.contains(path)) continue;
    const CommandOutput result = run(path, trial.with_json, true);
    CAPTURE(result.output);
    CAPTURE(result.errors);
    CHECK(result.code == trial.code);
    if (trial.member.empty()) continue;
    const json document = json::parse(result.output, nullptr, false);
    REQUIRE(document.is_object());
    CHECK(document.contains(trial.member));
  }
}

/// True for commands that can be repeated, as they change nothing.
bool only_prints(std::string_view path) {
  static const std::set<std::string_view> others{"status",  "doctor",   "events tail",
                                                 "openapi", "asyncapi", "config schema"};
  return path.ends_with(" list") || path.ends_with(" show") || path.ends_with(" check") ||
         others.contains(path);
}

void check_output_failed(const CommandOutput& result) {
  CAPTURE(result.errors);
  CHECK(result.code == 1);
  CHECK(result.errors.find("cannot write standard output") != std::string::npos);
}

TEST_CASE_FIXTURE(Workshop, "every command fails that cannot write its output") {
  for (const auto& each : trials) {
    const std::string& path = each.first;
    const Trial& trial = each.second;
    CAPTURE(path);
    // Those that are refused have no output: no broker is there, the subscription is at work.
    const bool is_refused = trial.code != 0 && trial.member.empty();
    if (is_refused) continue;
    Arguments arguments = trial.with_json;
    if (path == "serve") arguments = {"--port", "0", "--data", "FOLDER"};
    const bool needs_broker = path == "bridge check";
    if (!needs_broker) check_output_failed(run(path, arguments, false, "/dev/full"));
    if (needs_broker || only_prints(path)) {
      check_output_failed(run(path, arguments, true, "/dev/full"));
    }
  }
}

TEST_CASE("help and version fail that cannot be written") {
  const commands::CommandLine line;
  for (const cli::CommandPage& page : cli::pages_of(line.definition())) {
    CAPTURE(page.path);
    Arguments arguments;
    std::istringstream words(page.path);
    for (std::string word; words >> word;)
      arguments.push_back(word);
    arguments.emplace_back("--help");
    check_output_failed(Shell().run_into("/dev/full", arguments));
  }
  check_output_failed(Shell().run_into("/dev/full", {"--version"}));
}

TEST_CASE("every command that talks to a node exits with code 4 where there is none") {
  Shell shell;
  shell.set("ORDERFLOW_URL", "http://127.0.0.1:1");
  const std::map<std::string, Arguments> arguments{
      {"orders place", {"--user", "u", "--item", "a:1:1"}},
      {"dead-letters replay", {"billing.capture:1"}},
      {"dead-letters discard", {"billing.capture:1", "--reason", "r"}},
      {"keys create", {"--name", "x", "--scope", "admin"}}};
  std::size_t count = 0;
  for (const cli::CommandPage& page : commands()) {
    const bool talks = std::ranges::any_of(
        page.flags, [](const cli::Parameter& flag) { return flag.names.front() == "--url"; });
    if (!talks) continue;
    Arguments all;
    std::istringstream words(page.path);
    for (std::string word; words >> word;)
      all.push_back(word);
    if (const auto given = arguments.find(page.path); given != arguments.end()) {
      all.insert(all.end(), given->second.begin(), given->second.end());
    } else {
      for (const cli::Parameter& argument : page.arguments) {
        if (argument.required) all.emplace_back("some");
      }
    }
    CAPTURE(page.path);
    const CommandOutput result = shell.run(all);
    CAPTURE(result.errors);
    CHECK(result.code == 4);
    CHECK(result.output.empty());
    CHECK(result.errors.find("no answer from http://127.0.0.1:1") != std::string::npos);
    CHECK(result.errors.find("orderflow serve") != std::string::npos);
    ++count;
  }
  CHECK(count > 15);
}

TEST_CASE("an unknown command is wrong use, and so is no command at all") {
  CHECK(Shell().run({}).code == 2);
  const CommandOutput result = Shell().run({"order"});
  CHECK(result.code == 2);
  CHECK(result.output.empty());
  CHECK(Shell().run({"--version"}).output.starts_with("orderflow "));
}

}  // namespace
}  // namespace orderflow::test
