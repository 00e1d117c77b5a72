#include "config/document.hpp"
#include "problems_of.hpp"
#include "settings_folder.hpp"

#include <doctest/doctest.h>

namespace orderflow::config {
namespace {

const SecretPart after_the_colon{.mask = [](const std::string& text) -> std::optional<std::string> {
                                   const std::size_t colon = text.find(':');
                                   if (colon == std::string::npos) return std::nullopt;
                                   return text.substr(0, colon) + ":***";
                                 },
                                 .belongs = "in the environment as BROKER"};

std::string read_uri(Document& document) {
  const Section section = document.section("broker");
  section.also_named("uri", "BROKER");
  return section.text_with_secret("uri", "nowhere", after_the_colon, {.max_length = 20});
}

TEST_CASE("a setting can have a second variable, and its own is stronger") {
  Document second{{.environment = {"BROKER=one"}}};
  CHECK(read_uri(second) == "one");
  second.check();
  CHECK(second.effective()["broker.uri"]["where"] == "BROKER");
  Document both{{.environment = {"ORDERFLOW_BROKER_URI=own", "BROKER=one"}}};
  CHECK(read_uri(both) == "own");
  both.check();
}

TEST_CASE("variables that nobody asked for and that lack our prefix are left alone") {
  Document document{{.environment = {"PATH=/bin", "BROKE=x"}}};
  CHECK(read_uri(document) == "nowhere");
  document.check();
}

TEST_CASE("a bad value of a second variable names that variable") {
  Document document{{.environment = {"BROKER=longer than twenty characters"}}};
  CHECK(read_uri(document) == "nowhere");
  CHECK(problems_of(document).starts_with("BROKER: broker.uri: found \"longer"));
}

TEST_CASE("a text with a secret in it is read from the environment and shown masked") {
  Document document{{.environment = {"BROKER=ada:hunter2"}}};
  CHECK(read_uri(document) == "ada:hunter2");
  document.check();
  CHECK(document.effective()["broker.uri"]["value"] == "ada:***");
  Document bad{{.environment = {"BROKER=ada:hunter2 and much too long"}}};
  CHECK(read_uri(bad) == "nowhere");
  CHECK(problems_of(bad).find("found \"ada:***\"") != std::string::npos);
  CHECK(problems_of(bad).find("hunter2") == std::string::npos);
}

TEST_CASE("a text with a secret in it is refused in the file and in a flag") {
  const SettingsFolder folder;
  const auto file = folder.write("s.json", R"({"broker": {"uri": "ada:hunter2"}})");
  Document document{
      {.file = file, .overrides = {{.path = "broker.uri", .value = "x:y", .flag = "--uri"}}}};
  CHECK(read_uri(document) == "nowhere");
  const std::string problems = problems_of(document);
  CHECK(problems.find(R"(broker.uri: found "ada:***": a secret may not stand here)") !=
        std::string::npos);
  CHECK(problems.find("it belongs in the environment as BROKER") != std::string::npos);
  CHECK(problems.find("--uri: broker.uri") != std::string::npos);
  CHECK(problems.find("hunter2") == std::string::npos);
  Document sound{{.file = folder.write("t.json", R"({"broker": {"uri": "ada"}})")}};
  CHECK(read_uri(sound) == "ada");
  sound.check();
}

}  // namespace
}  // namespace orderflow::config
