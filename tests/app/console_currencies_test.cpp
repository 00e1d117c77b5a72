#include "core/money.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <regex>
#include <sstream>
#include <string>

namespace orderflow::app {
namespace {

// An amount that is typed into the console is sent in the minor unit: both sides must mean the
// same.
TEST_CASE("the console counts the digits of every currency as the node does") {
  std::ifstream file(std::string(ORDERFLOW_SOURCES) + "/modules/console/web/src/parts/texts.ts");
  std::ostringstream text;
  text << file.rdbuf();
  const std::string source = text.str();
  std::map<std::string, int> in_console;
  const std::regex entry(R"(\b([A-Z]{3}): ([0-9]))");
  for (std::sregex_iterator at(source.begin(), source.end(), entry), end; at != end; ++at) {
    in_console.emplace((*at)[1], std::stoi((*at)[2]));
  }
  std::map<std::string, int> in_node;
  for (const std::string_view code : core::Currency::known_codes()) {
    const int digits = core::Currency::parse(code)->minor_digits();
    if (digits != 2) in_node.emplace(code, digits);
  }
  CHECK(in_console == in_node);
}

}  // namespace
}  // namespace orderflow::app
