#include "cli/command_page.hpp"
#include "cli/bash_completion.hpp"
#include "cli/manual.hpp"

#include <doctest/doctest.h>
#include <CLI/CLI.hpp>

#include <string>

namespace orderflow::cli {
namespace {

struct Sample {
  CLI::App app{"A sample", "orderflow"};
  std::string file;
  std::string status;
  bool quiet = false;

  Sample() {
    CLI::App& list = *app.add_subcommand("list", "List -- it's .quick");
    list.add_option("--status", status, "Those in one")->check(CLI::IsMember({"OPEN", "DONE"}));
    list.add_flag("-q,--quiet", quiet, "Print nothing");
    list.add_option("FILE", file, "What to read")->type_name("FILE")->required();
    list.footer("A paragraph.\n.and more\n\n  orderflow list 'x'");
  }
};

TEST_CASE("pages show what the definition has") {
  const Sample sample;
  const auto pages = pages_of(sample.app);
  REQUIRE(pages.size() == 2);
  CHECK(pages[0].subcommands == std::vector<std::string>{"list"});
  const CommandPage& list = pages[1];
  CHECK(list.path == "list");
  REQUIRE(list.arguments.size() == 1);
  CHECK(list.arguments[0].takes_path());
  CHECK(list.arguments[0].required);
  REQUIRE(list.flags.size() == 3);
  CHECK(list.flags[1].choices == std::vector<std::string>{"OPEN", "DONE"});
  CHECK(list.flags[2].names == std::vector<std::string>{"-q", "--quiet"});
  CHECK(list.flags[2].value.empty());
}

TEST_CASE("no text of a command is taken for a request of roff") {
  const Sample sample;
  const std::string page =
      man_page({.version = "1", .pages = pages_of(sample.app), .sections = {}});
  CHECK(page.find("List \\-\\- it\\(aqs .quick") != std::string::npos);
  CHECK(page.find("\n\\&.and more\n") != std::string::npos);
  CHECK(page.find(".EX\n  orderflow list \\(aqx\\(aq\n.EE") != std::string::npos);
  CHECK(page.find("One of OPEN, DONE.") != std::string::npos);
}

}  // namespace
}  // namespace orderflow::cli
