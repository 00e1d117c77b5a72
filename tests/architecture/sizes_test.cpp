#include "sizes.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

namespace orderflow::architecture {
namespace {

LargerOnes listed_ones() {
  std::ifstream in(ORDERFLOW_SOURCE_DIR "/tests/architecture/larger_ones.txt");
  REQUIRE(in);
  return larger_ones_of(std::string(std::istreambuf_iterator<char>(in), {}));
}

SourceFile file_of(std::string path, std::size_t lines) {
  return {.path = std::move(path), .text = std::string(lines, '\n'), .includes = {}};
}

SourceTree folder_of(std::size_t sources) {
  SourceTree tree;
  for (std::size_t i = 0; i < sources; ++i)
    tree.files.push_back(file_of("src/core/" + std::to_string(i) + ".cpp", 1));
  return tree;
}

TEST_CASE(
    "functions, files and folders are as large as one can keep in view, or are listed with a "
    "reason") {
  std::string lines;
  for (const std::string& violation : check_sizes(read_tree(ORDERFLOW_SOURCE_DIR), listed_ones()))
    lines += violation + '\n';
  CHECK(lines == "");
}

TEST_CASE("a file that is too long is found, and one that is just as long as it may be is not") {
  SourceTree tree;
  tree.files = {file_of("src/core/long.cpp", lines_max + 1), file_of("src/core/ok.cpp", lines_max)};
  CHECK(check_sizes(tree, {}) == Violations{"src/core/long.cpp: 351 lines, of 350"});
}

TEST_CASE("a folder of too many sources is found, and one of as many as it may have is not") {
  CHECK(check_sizes(folder_of(sources_max), {}).empty());
  CHECK(check_sizes(folder_of(sources_max + 1), {}) == Violations{"src/core: 26 sources, of 25"});
}

TEST_CASE(
    "a function that is too long is found, and one that is just as long as it may be is not") {
  const auto function = [](const char* name, std::size_t lines) {
    std::string text = std::string("void ") + name + "() {\n";
    for (std::size_t i = 0; i < lines; ++i)
      text += "  f();\n";
    return text + "}\n";
  };
  SourceTree tree;
  tree.files.push_back({.path = "src/core/two.cpp",
                        .text = function("ok", body_lines_max) + function("long_one", 51),
                        .includes = {}});
  CHECK(check_sizes(tree, {}) == Violations{"src/core/two.cpp long_one: 51 lines, of 50"});
  CHECK(check_sizes(tree, {{"src/core/two.cpp long_one", "a reason"}}).empty());
}

TEST_CASE("what is listed may be larger, and must be") {
  CHECK(check_sizes(folder_of(sources_max + 1), {{"src/core", "a reason"}}).empty());
  CHECK(check_sizes(folder_of(1), {{"src/core", "a reason"}}) ==
        Violations{"src/core: is listed, and no longer larger"});
}

TEST_CASE("what is listed has a reason") {
  CHECK(larger_ones_of("# why\n\nsrc/core: many small types\n") ==
        LargerOnes{{"src/core", "many small types"}});
  CHECK_THROWS_AS(larger_ones_of("src/core\n"), std::runtime_error);
  CHECK_THROWS_AS(larger_ones_of("src/core: \n"), std::runtime_error);
}

}  // namespace
}  // namespace orderflow::architecture
