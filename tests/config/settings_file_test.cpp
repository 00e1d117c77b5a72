#include "config/settings_file.hpp"

#include "config/problem.hpp"
#include "settings_folder.hpp"

#include <doctest/doctest.h>

namespace orderflow::config {
namespace {

std::string refusal_of(std::string_view text) {
  try {
    static_cast<void>(parse_settings(text, "s.json"));
    return {};
  } catch (const Invalid& invalid) {
    return invalid.what();
  }
}

std::string refusal_of_file(const std::filesystem::path& path) {
  try {
    static_cast<void>(read_settings(path));
    return {};
  } catch (const Invalid& invalid) {
    return invalid.what();
  }
}

constexpr std::string_view a_value =
    "a value (text in double quotes, number, true, false, list or object)";

TEST_CASE("settings may hold comments of both forms") {
  const auto file = parse_settings("// first\n{ /* inside */ \"a\": 1 // behind\n}", "s.json");
  CHECK(file.value == nlohmann::json{{"a", 1}});
}

TEST_CASE("each key's place is known") {
  const auto file = parse_settings(
      "{\n  \"http\": {\n    \"port\": 1,  // note\n    \"hosts\": [\"a\"]\n  },\n  \"x\": {}\n}",
      "s.json");
  CHECK(file.where("http") == "s.json:2:3");
  CHECK(file.where("http.port") == "s.json:3:5");
  CHECK(file.where("http.hosts") == "s.json:4:5");
  CHECK(file.where("x") == "s.json:6:3");
  CHECK(file.where("nowhere") == "s.json");
}

TEST_CASE("columns count characters, not bytes") {
  const auto file = parse_settings("{\"é\": 1, \"b\": 2}", "s.json");
  CHECK(file.where("b") == "s.json:1:10");
}

TEST_CASE("a syntax error names file, line, column and what was expected") {
  CHECK(refusal_of("{\n  \"a\": 1\n  \"b\": 2\n}") ==
        "s.json:3:3: expected ',' or '}' after the value, found \"b\"");
  CHECK(refusal_of("{\n  \"a\": 1,\n}") == "s.json:3:1: expected a key in double quotes, found }");
  CHECK(refusal_of("{ a: 1 }") == "s.json:1:3: expected a key in double quotes, found a");
  CHECK(refusal_of("{ \"a\" 1 }") == "s.json:1:7: expected ':' between key and value, found 1");
  CHECK(refusal_of("{ \"a\": [1 2] }") ==
        "s.json:1:11: expected ',' or ']' after the value, found 2");
  CHECK(refusal_of("{ \"a\": [1,] }") ==
        "s.json:1:11: expected " + std::string(a_value) + ", found ]");
  CHECK(refusal_of("{ \"a\": }") == "s.json:1:8: expected " + std::string(a_value) + ", found }");
  CHECK(refusal_of("{ \"a\": nope }")
            .ends_with(":8: expected " + std::string(a_value) + ", found nope"));
  CHECK(refusal_of("{ \"a\": 1 true }")
            .ends_with(":10: expected ',' or '}' after the value, found true"));
  CHECK(refusal_of("{} 5") == "s.json:1:4: expected nothing after the last '}', found 5");
}

TEST_CASE("a word that is no JSON literal is reported at its start") {
  CHECK(refusal_of("{ \"a\": yes }") ==
        "s.json:1:8: expected " + std::string(a_value) + ", found yes");
}

TEST_CASE("a text that is not closed is reported on its own line") {
  CHECK(refusal_of("{\n \"a\": \"open,\n \"b\": 2 }") ==
        "s.json:2:13: expected '\"' at the end of a text on the same line");
}

TEST_CASE("a file that ends too early is reported with what is missing") {
  CHECK(refusal_of("{ \"a\": 1") ==
        "s.json:1:9: the text ends too early, expected ',' or '}' after the value");
  CHECK(refusal_of("{ \"a\": \"x") ==
        "s.json:1:10: the text ends too early, expected '\"' at the end of a text");
  CHECK(refusal_of("{ /* no end") ==
        "s.json:1:12: the text ends too early, expected '*/' at the end of a comment");
  CHECK(refusal_of("") == "s.json:1:1: the text ends too early, expected " + std::string(a_value));
}

TEST_CASE("other syntax errors keep the parser's own message") {
  CHECK(refusal_of("{ \"a\": -x }").starts_with("s.json:1:"));
  CHECK(refusal_of("{ \"a\": -x }").find("after '-'") != std::string::npos);
  CHECK(refusal_of("{ \"a\": 1e999 }").find("number overflow") != std::string::npos);
  CHECK(refusal_of("{ \"a\": \"\xff\" }").find("UTF-8") != std::string::npos);
}

TEST_CASE("a key that occurs twice in one object is an error") {
  CHECK(refusal_of("{\n \"a\": {\"b\": 1,\n \"b\": 2}\n}") ==
        "s.json:3:2: the key \"b\" is there twice");
}

TEST_CASE("the same key in two objects is no error") {
  CHECK(refusal_of("{\"x\": {\"a\": 1}, \"y\": {\"a\": 1}, \"z\": [{\"a\": 1}, {\"a\": 1}]}")
            .empty());
}

TEST_CASE("nesting is bounded") {
  const std::string deep(32, '[');
  CHECK(refusal_of("{\"a\": " + deep) == "s.json:1:38: nested deeper than 32 levels");
}

TEST_CASE("a NUL does not end the settings") {
  const std::string text("{}\n\0{\"a\": 1}", 12);
  CHECK(refusal_of(text) == "s.json:2:1: a NUL is not allowed");
  CHECK(refusal_of(std::string(1, '\0')) == "s.json:1:1: a NUL is not allowed");
}

TEST_CASE("the settings are one object") {
  CHECK(refusal_of("[1]") == "s.json:1:1: expected an object, { ... }, around all settings");
}

TEST_CASE("whatever byte is cut off or changed, a text is read or refused with its place") {
  const std::string sound =
      "\xef\xbb\xbf{\n\"a\": [1, -2.5e3, \"\\u00e9\"], // c\n\"b\": {\"c\": null}}";
  REQUIRE(refusal_of(sound).empty());
  for (std::size_t i = 0; i < sound.size(); ++i) {
    CAPTURE(i);
    CHECK(refusal_of(sound.substr(0, i)).starts_with("s.json:"));
    for (const char replacement : {'\0', '"', '}', '[', ',', '/', 'x', '\n', '\xff'}) {
      std::string changed = sound;
      changed[i] = replacement;
      const std::string refusal = refusal_of(changed);
      CHECK((refusal.empty() || refusal.starts_with("s.json:")));
    }
  }
}

TEST_CASE("a file is read and errors carry its path") {
  const SettingsFolder folder;
  CHECK(read_settings(folder.write("good.json", "{\"a\": true}")).value["a"] == true);
  const auto bad = folder.write("bad.json", "{");
  CHECK(refusal_of_file(bad).starts_with(bad.string() + ":1:2: "));
}

TEST_CASE("a missing file, a folder and a file of more than 1 MiB are refused") {
  const SettingsFolder folder;
  const auto missing = folder.path() / "missing.json";
  CHECK(refusal_of_file(missing) ==
        missing.string() + ": the file cannot be read: it is missing or access is denied");
  CHECK(refusal_of_file(folder.path()) ==
        folder.path().string() + ": is a folder, expected a file");
  const auto large = folder.write("large.json", "{}" + std::string(1 << 20, ' '));
  CHECK(refusal_of_file(large) == large.string() + ": the file is larger than 1 MiB");
}

}  // namespace
}  // namespace orderflow::config
