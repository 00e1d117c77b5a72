#include "config/document.hpp"

#include "problems_of.hpp"
#include "settings_folder.hpp"

#include <doctest/doctest.h>

namespace orderflow::config {
namespace {

TEST_CASE("a flag is stronger than the environment, that than the file, that than the default") {
  const SettingsFolder folder;
  const auto file = folder.write("s.json", R"({"http": {"a": 2, "b": 2, "c": 2}})");
  Document document{{.file = file,
                     .environment = {"ORDERFLOW_HTTP_A=3", "ORDERFLOW_HTTP_B=3"},
                     .overrides = {{"http.a", "4"}}}};
  const Section http = document.section("http");
  CHECK(http.integer("a", 1, 0, 9) == 4);
  CHECK(http.integer("b", 1, 0, 9) == 3);
  CHECK(http.integer("c", 1, 0, 9) == 2);
  CHECK(http.integer("d", 1, 0, 9) == 1);
  document.check();
}

TEST_CASE("of a flag that is given twice the last counts") {
  Document document{{.overrides = {{"a", "1"}, {"a", "2"}}}};
  CHECK(document.root().integer("a", 0, 0, 9) == 2);
}

TEST_CASE("a value must be allowed even where a stronger source replaces it") {
  const SettingsFolder folder;
  const auto file = folder.write("s.json", R"({"port": "many"})");
  Document document{{.file = file, .environment = {"ORDERFLOW_PORT=3"}}};
  CHECK(document.root().integer("port", 1, 0, 9) == 3);
  CHECK(problems_of(document) ==
        file.string() + ":1:2: port: found \"many\", allowed is a whole number from 0 to 9");
}

TEST_CASE("all problems are reported at once, each with its source") {
  const SettingsFolder folder;
  const auto file = folder.write("s.json",
                                 "{\n  \"http\": {\n    \"port\": 99999,\n"
                                 "    \"hsot\": \"x\"\n  }\n}");
  Document document{{.file = file,
                     .environment = {"ORDERFLOW_HTTP_THREADS=none", "ORDERFLOW_HTTP_PROT=1"},
                     .overrides = {{"http.host", "", "--host"}, {"htp.port", "1", {}}}}};
  const Section http = document.section("http");
  CHECK(http.integer("port", 8080, 0, 65535) == 8080);
  CHECK(http.text("host", "127.0.0.1", {.min_length = 1, .max_length = 255}) == "127.0.0.1");
  CHECK(http.integer("threads", 2, 1, 64) == 2);
  const std::string name = file.string();
  CHECK(problems_of(document) ==
        name +
            ":3:5: http.port: found 99999, allowed is a whole number from 0 to 65535\n"
            "--host: http.host: found \"\", allowed is a text of 1 to 255 characters\n"
            "ORDERFLOW_HTTP_THREADS: http.threads: found \"none\", allowed is a whole number from "
            "1 to "
            "64\n" +
            name +
            ":4:5: http.hsot: unknown key; did you mean http.host?\n"
            "ORDERFLOW_HTTP_PROT: unknown environment variable; did you mean ORDERFLOW_HTTP_PORT?\n"
            "flag for htp.port: htp.port: unknown key; did you mean http.port?");
}

TEST_CASE("a key that is read twice is reported once") {
  Document document{{.environment = {"ORDERFLOW_A=x"}}};
  document.root().integer("a", 1, 0, 9);
  document.root().integer("a", 1, 0, 9);
  CHECK(problems_of(document) ==
        "ORDERFLOW_A: a: found \"x\", allowed is a whole number from 0 to 9");
}

TEST_CASE("an unknown section is reported once and not for each key in it") {
  const SettingsFolder folder;
  const auto file = folder.write("s.json", R"({"htpp": {"port": 1, "host": "x"}})");
  Document document{{.file = file}};
  document.section("http").integer("port", 1, 0, 9);
  CHECK(problems_of(document) == file.string() + ":1:2: htpp: unknown key; did you mean http?");
}

TEST_CASE("a key in the wrong section is pointed to the right one") {
  const SettingsFolder folder;
  const auto file = folder.write("s.json", R"({"maxBodyBytes": 1})");
  Document document{{.file = file}};
  document.section("http").integer("maxBodyBytes", 1, 0, 9);
  CHECK(problems_of(document) ==
        file.string() + ":1:2: maxBodyBytes: unknown key; did you mean http.maxBodyBytes?");
}

TEST_CASE("an unknown key unlike all others has no suggestion") {
  const SettingsFolder folder;
  const auto file = folder.write("s.json", R"({"colour": 1})");
  Document document{{.file = file}};
  document.root().integer("port", 1, 0, 9);
  CHECK(problems_of(document) == file.string() + ":1:2: colour: unknown key");
}

TEST_CASE("a key written with dots is not taken for a nested one") {
  const SettingsFolder folder;
  const auto file = folder.write("s.json", R"({"http.port": 5})");
  Document document{{.file = file}};
  CHECK(document.section("http").integer("port", 1, 0, 9) == 1);
  CHECK(problems_of(document) == file.string() +
                                     ":1:2: http.port: unknown key: names have no "
                                     "dots, sections are objects within objects");
}

TEST_CASE("a section must be an object") {
  const SettingsFolder folder;
  const auto file = folder.write("s.json", R"({"http": 8080})");
  Document document{{.file = file}};
  CHECK(document.section("http").integer("port", 1, 0, 9) == 1);
  CHECK(problems_of(document) ==
        file.string() + ":1:2: http: found a number, allowed is an object");
}

TEST_CASE("a section that is known may be empty or absent") {
  const SettingsFolder folder;
  Document document{{.file = folder.write("s.json", R"({"outer": {"inner": {}}})")}};
  document.section("outer.inner");
  CHECK(problems_of(document).empty());
}

TEST_CASE("the names in an object of numbers are free") {
  const SettingsFolder folder;
  Document document{{.file = folder.write("s.json", R"({"limits": {"EUR": 1, "a.b": 2}})")}};
  CHECK(document.root().integers_by_name("limits", {}).size() == 2);
  CHECK(problems_of(document).empty());
}

TEST_CASE("every setting that was read is shown with its value and where it came from") {
  const SettingsFolder folder;
  const auto file = folder.write("s.json", "{\n\"b\": {\"x\": 2}}");
  Document document{
      {.file = file, .environment = {"ORDERFLOW_C=three"}, .overrides = {{"d", "4", "--d"}}}};
  document.section("b").integer("x", 1, 0, 9);
  document.root().integer("d", 1, 0, 9);
  document.root().text("c", "", {.max_length = 10});
  document.root().boolean("a", false);
  CHECK(document.effective().dump() ==
        R"({"b.x":{"value":2,"source":"file","where":")" + file.string() +
            R"(:2:7","default":1,"allowed":"a whole number from 0 to 9"},)"
            R"("d":{"value":4,"source":"flag","where":"--d","default":1,)"
            R"("allowed":"a whole number from 0 to 9"},)"
            R"("c":{"value":"three","source":"environment","where":"ORDERFLOW_C","default":"",)"
            R"("allowed":"a text of 0 to 10 characters"},)"
            R"("a":{"value":false,"source":"default","default":false,)"
            R"("allowed":"true or false"}})");
}

TEST_CASE("a file with a syntax error is refused at once") {
  const SettingsFolder folder;
  const auto file = folder.write("s.json", "{");
  CHECK_THROWS_AS(Document({.file = file}), Invalid);
}

}  // namespace
}  // namespace orderflow::config
