#include "cli/terminal/table.hpp"
#include "cli/terminal/shown_text.hpp"

#include <doctest/doctest.h>

#include <sstream>
#include <string>

namespace orderflow::cli {
namespace {

Terminal wide(std::size_t columns) {
  return {.interactive = true, .colours = false, .columns = columns};
}

Table sample() {
  Table table({{.title = "ID", .columns_min = 8},
               {.title = "COUNT", .side = Column::Side::right},
               {.title = "TEXT"}});
  table.add({"order-01", "7", "a rather long text that may be cut"});
  table.add({"order-02", "1234", "日本語 as well"});
  return table;
}

TEST_CASE("a pipe gets every cell whole") {
  CHECK(sample().to_text({}) ==
        "ID        COUNT  TEXT\n"
        "order-01      7  a rather long text that may be cut\n"
        "order-02   1234  日本語 as well\n");
}

TEST_CASE("on a terminal the widest column gives way, and what people copy stays whole") {
  CHECK(sample().to_text(wide(30)) ==
        "ID        COUNT  TEXT\n"
        "order-01      7  a rather lon…\n"
        "order-02   1234  日本語 as we…\n");
}

TEST_CASE("no line is wider than the terminal, however narrow it is") {
  for (std::size_t columns = 1; columns < 60; ++columns) {
    std::istringstream lines(sample().to_text(wide(columns)));
    for (std::string line; std::getline(lines, line);) {
      CAPTURE(columns);
      CAPTURE(line);
      CHECK(columns_of(line) <= columns);
    }
  }
}

TEST_CASE("colours are there on a terminal alone, and count for no column") {
  Table table({{.title = "STATE"}, {.title = "NEXT"}});
  table.add({{"bad", Tone::bad}, "x"});
  CHECK(table.to_text({.interactive = true, .colours = true, .columns = 80}) ==
        "\x1b[1mSTATE\x1b[0m  \x1b[1mNEXT\x1b[0m\n\x1b[31mbad\x1b[0m    x\n");
  CHECK(table.to_text(wide(80)) == "STATE  NEXT\nbad    x\n");
}

TEST_CASE("a cell cannot break out of its line") {
  Table table({{.title = "NAME"}});
  table.add({"a\nb\x1b[2J"});
  CHECK(table.to_text({}) == "NAME\na\\nb\\x1b[2J\n");
  Facts facts;
  facts.add("name", "a\rb");
  CHECK(facts.to_text({}) == "name  a\\x0db\n");
}

}  // namespace
}  // namespace orderflow::cli
