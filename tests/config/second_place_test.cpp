// A part of the settings that has moved, and is still read from where it was.
#include "config/document.hpp"
#include "problems_of.hpp"
#include "settings_folder.hpp"

#include <doctest/doctest.h>

namespace orderflow::config {
namespace {

std::int64_t read_doors(Document& document) {
  const Section barn = document.section("barn");
  barn.also_at("farm.barn");
  barn.boolean("open", false);
  return barn.integer("doors", 1, 1, 9);
}

TEST_CASE("a part is read from where it stood before, in the file, the environment and flags") {
  const SettingsFolder folder;
  const auto file = folder.write("s.json", R"({"farm": {"barn": {"doors": 2}}})");
  Document in_file{{.file = file}};
  CHECK(read_doors(in_file) == 2);
  in_file.check();
  CHECK(in_file.effective()["barn.doors"]["where"].get<std::string>().ends_with(":1:20"));
  CHECK_FALSE(in_file.effective().contains("farm.barn.doors"));

  Document in_environment{{.file = file, .environment = {"ORDERFLOW_FARM_BARN_DOORS=3"}}};
  CHECK(read_doors(in_environment) == 3);
  in_environment.check();

  Document in_flag{{.environment = {"ORDERFLOW_BARN_DOORS=3"},
                    .overrides = {{.path = "farm.barn.doors", .value = "4", .flag = "--doors"}}}};
  CHECK(read_doors(in_flag) == 4);
  in_flag.check();
}

TEST_CASE("a stronger source wins, however either is spelled") {
  const SettingsFolder folder;
  const auto file = folder.write("s.json", R"({"barn": {"doors": 2}})");
  Document document{{.file = file, .environment = {"ORDERFLOW_FARM_BARN_DOORS=3"}}};
  CHECK(read_doors(document) == 3);
  document.check();
}

TEST_CASE("both spellings at once must have the same value, else both are named") {
  const SettingsFolder folder;
  const auto same =
      folder.write("same.json", R"({"barn": {"doors": 2}, "farm": {"barn": {"doors": 2}}})");
  Document agreed{{.file = same}};
  CHECK(read_doors(agreed) == 2);
  agreed.check();

  const auto other =
      folder.write("other.json", R"({"barn": {"doors": 2}, "farm": {"barn": {"doors": 3}}})");
  Document document{{.file = other}};
  read_doors(document);
  const std::string problems = problems_of(document);
  CHECK_MESSAGE(problems.find("barn.doors: found 2, but farm.barn.doors (") != std::string::npos,
                problems);
  CHECK_MESSAGE(problems.find("is 3; leave one of them out") != std::string::npos, problems);

  Document variables{{.environment = {"ORDERFLOW_BARN_DOORS=2", "ORDERFLOW_FARM_BARN_DOORS=3"}}};
  read_doors(variables);
  CHECK(
      problems_of(variables).starts_with("ORDERFLOW_BARN_DOORS: barn.doors: found \"2\", but "
                                         "farm.barn.doors (ORDERFLOW_FARM_BARN_DOORS)"));
}

TEST_CASE("a key that is not known is found at the old place too, and the schema has both") {
  const SettingsFolder folder;
  const auto file = folder.write("s.json", R"({"farm": {"barn": {"windows": 2}}})");
  Document document{{.file = file}};
  read_doors(document);
  CHECK(problems_of(document).find("farm.barn.windows: unknown key") != std::string::npos);
  const auto properties = document.schema()["properties"];
  CHECK(properties["barn"]["properties"]["doors"]["maximum"] == 9);
  CHECK(properties["farm"]["properties"]["barn"]["properties"]["doors"]["maximum"] == 9);
}

}  // namespace
}  // namespace orderflow::config
