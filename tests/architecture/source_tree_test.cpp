#include "source_tree.hpp"

#include <doctest/doctest.h>

namespace orderflow::architecture {
namespace {

std::vector<std::string> targets_of(std::string_view text) {
  std::vector<std::string> targets;
  for (const Include& include : includes_of(text))
    targets.push_back(include.target);
  return targets;
}

using Targets = std::vector<std::string>;

TEST_CASE("includes are found in quotes and in angle brackets, with their lines") {
  const auto includes = includes_of("#include \"core/uuid.hpp\"\n\n#include <vector>\n");
  REQUIRE(includes.size() == 2);
  CHECK(includes[0].target == "core/uuid.hpp");
  CHECK(includes[0].line == 1);
  CHECK(includes[1].target == "vector");
  CHECK(includes[1].line == 3);
}

TEST_CASE("blanks in an include do not hide it") {
  CHECK(targets_of("  #  include   <a.hpp>  // why") == Targets{"a.hpp"});
  CHECK(targets_of("#include\"a.hpp\"") == Targets{"a.hpp"});
}

TEST_CASE("text that only looks like an include is ignored") {
  CHECK(targets_of("// #include \"a.hpp\"").empty());
  CHECK(targets_of("f(\"#include <a.hpp>\");").empty());
  CHECK(targets_of("#define include \"a.hpp\"").empty());
  CHECK(targets_of("#include \"open").empty());
  CHECK(targets_of("#include").empty());
}

}  // namespace
}  // namespace orderflow::architecture
