// The completion script in a real bash, and the manual in real man and groff.
#include "cli/command_page.hpp"
#include "commands/command_line.hpp"
#include "commands/shell.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <set>
#include <sstream>

namespace orderflow::test {
namespace {

/// bash with the completion of orderflow, as it is printed.
class CompletingBash {
 public:
  CompletingBash() {
    const CommandOutput script = Shell().run({"completion", "bash"});
    REQUIRE(script.code == 0);
    std::ofstream(folder_.path() / "completion") << script.output;
    std::ofstream(folder_.path() / "driver") << R"(source completion || exit 1
[[ $(complete -p orderflow) == 'complete -F _orderflow orderflow' ]] || exit 1
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_orderflow
printf '%s\n' "${COMPREPLY[@]}"
)";
    std::ofstream(folder_.path() / "a file.json") << "{}";
  }

  /// What is offered for the last word.
  std::set<std::string> offers(std::vector<std::string> words) const {
    std::vector<std::string> arguments{"-c", "cd \"$0\" && exec bash --norc driver \"$@\"",
                                       folder_.path().string(), "orderflow"};
    arguments.insert(arguments.end(), words.begin(), words.end());
    Process bash({.executable = "/bin/bash", .arguments = arguments});
    const auto exit = bash.wait(std::chrono::seconds(60));
    REQUIRE(exit);
    CHECK(bash.errors().empty());
    REQUIRE(exit->code == 0);
    std::istringstream lines(bash.output());
    std::set<std::string> offered;
    for (std::string line; std::getline(lines, line);) {
      if (!line.empty()) offered.insert(line);
    }
    return offered;
  }

 private:
  TemporaryFolder folder_;
};

using Offers = std::set<std::string>;

TEST_CASE_FIXTURE(CompletingBash, "bash completes every command and every flag") {
  const commands::CommandLine line;
  for (const cli::CommandPage& page : cli::pages_of(line.definition())) {
    CAPTURE(page.path);
    std::vector<std::string> words;
    std::istringstream path(page.path);
    for (std::string word; path >> word;)
      words.push_back(word);
    words.emplace_back("-");
    Offers flags;
    for (const cli::Parameter& flag : page.flags)
      flags.insert(flag.names.begin(), flag.names.end());
    CHECK(offers(words) == flags);
    if (page.subcommands.empty()) continue;
    words.back() = "";
    Offers all(page.subcommands.begin(), page.subcommands.end());
    all.merge(flags);
    CHECK(offers(words) == all);
  }
}

TEST_CASE_FIXTURE(CompletingBash, "bash completes values that are known, and paths") {
  CHECK(offers({"orders", "list", "--status", "P"}) ==
        Offers{"PENDING", "PROCESSED", "PAYMENT_DECLINED"});
  CHECK(offers({"orders", "list", "--status", "=", "REF"}) == Offers{"REFUNDED"});
  CHECK(offers({"orders", "list", "--limit", ""}).empty());
  CHECK(offers({"serve", "--config", "a"}) == Offers{"a file.json"});
  CHECK(offers({"doctor", "a"}) == Offers{"a file.json"});
  CHECK(offers({"dead"}) == Offers{"dead-letters"});
}

TEST_CASE_FIXTURE(CompletingBash, "bash takes no value of a flag for a command") {
  CHECK(offers({"events", "list", "--kind", "tail", "--lim"}) == Offers{"--limit"});
  CHECK(offers({"events", "list", "--kind", "=", "tail", "--lim"}) == Offers{"--limit"});
  CHECK(offers({"events", "tail", "--cou"}) == Offers{"--count"});
}

/// The manual in a file, as it would be installed.
struct PrintedManual {
  TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "orderflow.1";

  PrintedManual() {
    const CommandOutput page = Shell().run({"man"});
    REQUIRE(page.code == 0);
    std::ofstream(file) << page.output;
  }

  static CommandOutput output_of(const Command& command) {
    Process process(command);
    const auto exit = process.wait(std::chrono::seconds(60));
    REQUIRE(exit);
    return {.code = exit->code, .output = process.output(), .errors = process.errors()};
  }
};

TEST_CASE_FIXTURE(PrintedManual, "groff takes the manual without a warning") {
  const std::string groff = find_program("groff");
  if (groff.empty()) return;
  const CommandOutput result =
      output_of({.executable = groff, .arguments = {"-man", "-ww", "-Tutf8", "-z", file.string()}});
  CHECK(result.code == 0);
  CHECK(result.errors == "");
}

TEST_CASE_FIXTURE(PrintedManual, "man shows every command with its flags") {
  const std::string man = find_program("man");
  if (man.empty()) return;
  const CommandOutput result = output_of({.executable = man,
                                          .arguments = {"--warnings", "-l", file.string()},
                                          .environment = {{"MANWIDTH", "100"},
                                                          {"MANPAGER", "cat"},
                                                          {"MAN_KEEP_FORMATTING", ""},
                                                          {"LC_ALL", "C.UTF-8"}}});
  CHECK(result.code == 0);
  CHECK(result.errors == "");
  const commands::CommandLine line;
  for (const cli::CommandPage& page : cli::pages_of(line.definition())) {
    CAPTURE(page.path);
    if (!page.path.empty()) {
      CHECK(result.output.find("\n   orderflow " + page.path + "\n") != std::string::npos);
    }
    for (const cli::Parameter& flag : page.flags) {
      CAPTURE(flag.names.front());
      CHECK(result.output.find(flag.names.front()) != std::string::npos);
    }
  }
  for (const char* section : {"EXIT STATUS", "ENVIRONMENT", "FILES"})
    CHECK(result.output.find(std::string("\n") + section + "\n") != std::string::npos);
}

}  // namespace
}  // namespace orderflow::test
