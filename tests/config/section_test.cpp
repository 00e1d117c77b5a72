#include "config/document.hpp"
#include "problems_of.hpp"
#include "settings_folder.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>

namespace orderflow::config {
namespace {

using namespace std::chrono_literals;

/// The complaint about one environment variable's value, without the variable's name.
template <class Read>
std::string complaint(const std::string& name, const std::string& value, Read read) {
  Document document{{.environment = {name + "=" + value}}};
  read(document.root());
  const std::string problems = problems_of(document);
  return problems.empty() ? problems : problems.substr(name.size() + 2);
}

/// The complaint about the setting "a" of a file, without the location.
template <class Read>
std::string complaint_in_file(const std::string& json, Read read) {
  const SettingsFolder folder;
  const auto file = folder.write("s.json", "{\"a\": " + json + "}");
  Document document{{.file = file}};
  read(document.root());
  const std::string problems = problems_of(document);
  return problems.empty() ? problems : problems.substr(file.string().size() + 6);
}

TEST_CASE("a setting that no source gives has its default") {
  Document document{{}};
  const Section root = document.root();
  CHECK(root.text("text", "x") == "x");
  CHECK(root.choice("choice", "b", {"a", "b"}) == "b");
  CHECK(root.integer("integer", 7, 0, 10) == 7);
  CHECK(root.number("number", 0.5, 0, 1) == 0.5);
  CHECK(root.boolean("boolean", true));
  CHECK(root.milliseconds("timeMs", 2s, 0ms, 1min) == 2s);
  CHECK(root.texts("texts", {"a", "b"}) == std::vector<std::string>{"a", "b"});
  CHECK(root.integers_by_name("map", {{"EUR", 5}}).at("EUR") == 5);
  CHECK(root.secret("secret") == std::nullopt);
  document.check();
}

TEST_CASE("each type is read from the file") {
  const SettingsFolder folder;
  Document document{{.file = folder.write("s.json", R"({
    "part": {
      "text": "häuser", "choice": "a", "integer": -3, "number": 2, "boolean": false,
      "timeMs": 1500, "texts": ["x", "y,z"], "map": {"EUR": 100, "JPY": 9}
    }
  })")}};
  const Section part = document.section("part");
  CHECK(part.text("text", "", {.max_length = 6}) == "häuser");
  CHECK(part.choice("choice", "b", {"a", "b"}) == "a");
  CHECK(part.integer("integer", 7, -5, 10) == -3);
  CHECK(part.number("number", 0.5, 0, 10) == 2.0);
  CHECK_FALSE(part.boolean("boolean", true));
  CHECK(part.milliseconds("timeMs", 2s, 0ms, 1min) == 1500ms);
  CHECK(part.texts("texts", {}) == std::vector<std::string>{"x", "y,z"});
  CHECK(part.integers_by_name("map", {}) ==
        std::map<std::string, std::int64_t>{{"EUR", 100}, {"JPY", 9}});
  document.check();
}

TEST_CASE("each type is read from the environment") {
  Document document{{.environment = {"ORDERFLOW_TEXT=a b", "ORDERFLOW_INTEGER=-3",
                                     "ORDERFLOW_NUMBER=0.25", "ORDERFLOW_BOOLEAN=1",
                                     "ORDERFLOW_TIME_MS=1500", "ORDERFLOW_MAP={\"EUR\": 100}"}}};
  const Section root = document.root();
  CHECK(root.text("text", "") == "a b");
  CHECK(root.integer("integer", 7, -5, 10) == -3);
  CHECK(root.number("number", 0.5, 0, 1) == 0.25);
  CHECK(root.boolean("boolean", false));
  CHECK(root.milliseconds("timeMs", 2s, 0ms, 1min) == 1500ms);
  CHECK(root.integers_by_name("map", {{"USD", 1}}) ==
        std::map<std::string, std::int64_t>{{"EUR", 100}});
  document.check();
}

TEST_CASE("a list in the environment is JSON or has commas between its items") {
  const auto list = [](const std::string& text) {
    Document document{{.environment = {"ORDERFLOW_LIST=" + text}}};
    auto items = document.root().texts("list", {"default"}, {.each = {.max_length = 10}});
    document.check();
    return items;
  };
  CHECK(list("a,b") == std::vector<std::string>{"a", "b"});
  CHECK(list(" a , b c ") == std::vector<std::string>{"a", "b c"});
  CHECK(list("one") == std::vector<std::string>{"one"});
  CHECK(list("a,") == std::vector<std::string>{"a", ""});
  CHECK(list(R"(["a,b", "c"])") == std::vector<std::string>{"a,b", "c"});
  CHECK(list("").empty());
  CHECK(list("[]").empty());
}

TEST_CASE("sections lie within sections") {
  Document document{{.environment = {"ORDERFLOW_BILLING_FRAUD_WINDOW_MS=5"}}};
  const Section fraud = document.section("billing").section("fraud");
  CHECK(fraud.milliseconds("windowMs", 1ms, 0ms, 10ms) == 5ms);
  CHECK(document.section("billing.fraud").milliseconds("windowMs", 1ms, 0ms, 10ms) == 5ms);
  document.check();
}

TEST_CASE("a whole number must be whole, a number and within its bounds") {
  const auto read = [](const Section& root) { CHECK(root.integer("a", 5, 1, 10) == 5); };
  const std::string allowed = ", allowed is a whole number from 1 to 10";
  CHECK(complaint_in_file("0", read) == "a: found 0" + allowed);
  CHECK(complaint_in_file("11", read) == "a: found 11" + allowed);
  CHECK(complaint_in_file("2.0", read) == "a: found 2.0" + allowed);
  CHECK(complaint_in_file("\"2\"", read) == "a: found \"2\"" + allowed);
  CHECK(complaint_in_file("null", read) == "a: found null" + allowed);
  CHECK(complaint_in_file("18446744073709551615", read) ==
        "a: found 18446744073709551615" + allowed);
  for (const char* text : {"", " 2", "2x", "0x2", "+2", "2.5", "99999999999999999999"}) {
    CHECK(complaint("ORDERFLOW_A", text, read) ==
          "a: found \"" + std::string(text) + "\"" + allowed);
  }
}

TEST_CASE("the bounds of a whole number are allowed themselves") {
  const auto read = [](const Section& root) { root.integer("a", 5, 1, 10); };
  CHECK(complaint_in_file("1", read).empty());
  CHECK(complaint_in_file("10", read).empty());
}

TEST_CASE("a number must be finite and within its bounds") {
  const auto read = [](const Section& root) { CHECK(root.number("a", 0.5, 0, 1.5) == 0.5); };
  const std::string allowed = ", allowed is a number from 0 to 1.5";
  CHECK(complaint_in_file("1.6", read) == "a: found 1.6" + allowed);
  CHECK(complaint_in_file("true", read) == "a: found true" + allowed);
  CHECK(complaint("ORDERFLOW_A", "-1", read) == "a: found -1.0" + allowed);
  CHECK(complaint("ORDERFLOW_A", "inf", read).ends_with(allowed));
  CHECK(complaint("ORDERFLOW_A", "nan", read).ends_with(allowed));
}

TEST_CASE("a boolean is true or false") {
  const auto read = [](const Section& root) { CHECK(root.boolean("a", true)); };
  CHECK(complaint_in_file("1", read) == "a: found 1, allowed is true or false");
  CHECK(complaint_in_file("\"true\"", read) == "a: found \"true\", allowed is true or false");
  CHECK(complaint("ORDERFLOW_A", "yes", read) == "a: found \"yes\", allowed is true or false");
}

TEST_CASE("milliseconds are a whole number within their bounds") {
  const auto read = [](const Section& root) { CHECK(root.milliseconds("a", 1s, 10ms, 2s) == 1s); };
  const std::string allowed = ", allowed is a whole number of milliseconds from 10 to 2000";
  CHECK(complaint_in_file("9", read) == "a: found 9" + allowed);
  CHECK(complaint_in_file("\"1s\"", read) == "a: found \"1s\"" + allowed);
  CHECK(complaint("ORDERFLOW_A", "1s", read) == "a: found \"1s\"" + allowed);
}

TEST_CASE("a text has its length in characters") {
  const auto read = [](const Section& root) {
    CHECK(root.text("a", "abc", {.min_length = 2, .max_length = 3}) == "abc");
  };
  const std::string allowed = ", allowed is a text of 2 to 3 characters";
  CHECK(complaint_in_file("\"x\"", read) == "a: found \"x\"" + allowed);
  CHECK(complaint_in_file("\"wxyz\"", read) == "a: found \"wxyz\"" + allowed);
  CHECK(complaint_in_file("5", read) == "a: found 5" + allowed);
}

TEST_CASE("a text holds neither control characters nor bytes that are not UTF-8") {
  const auto read = [](const Section& root) { CHECK(root.text("a", "default") == "default"); };
  CHECK(complaint("ORDERFLOW_A", "line\nbreak", read).starts_with("a: found \"line\\nbreak\""));
  CHECK(complaint("ORDERFLOW_A",
                  "\xc2\x9b"
                  "31m",
                  read)
            .starts_with("a: found "));
  CHECK(complaint("ORDERFLOW_A",
                  "gnp\xe2\x80\xae"
                  "exe.",
                  read)
            .starts_with("a: found "));
  CHECK(complaint("ORDERFLOW_A", "\xc3\x28", read).starts_with("a: found \"\xef\xbf\xbd(\""));
}

TEST_CASE("a choice is one of the allowed texts") {
  const auto read = [](const Section& root) {
    CHECK(root.choice("a", "text", {"text", "json"}) == "text");
  };
  CHECK(complaint_in_file("\"xml\"", read) ==
        "a: found \"xml\", allowed is one of \"text\", \"json\"");
}

TEST_CASE("a bad item of a list is reported with its index") {
  const auto read = [](const Section& root) {
    CHECK(
        root.texts("a", {}, {.max_count = 3, .each = {.min_length = 1, .max_length = 4}}).empty());
  };
  const std::string allowed =
      ", allowed is a list of 0 to 3 items, each a text of 1 to 4 characters";
  CHECK(complaint_in_file("[\"x\", \"\"]", read) == "a[1]: found \"\"" + allowed);
  CHECK(complaint_in_file("[5]", read) == "a[0]: found 5" + allowed);
  CHECK(complaint_in_file("[\"a\", \"b\", \"c\", \"d\"]", read) ==
        "a: found [\"a\",\"b\",\"c\",\"d\"]" + allowed);
  CHECK(complaint_in_file("\"x\"", read) == "a: found \"x\"" + allowed);
  CHECK(complaint("ORDERFLOW_A", "a,,b", read) == "a[1]: found \"\"" + allowed);
  CHECK(complaint("ORDERFLOW_A", "[\"a\"", read) == "a: found \"[\\\"a\\\"\"" + allowed);
}

TEST_CASE("JSON in the environment is no deeper than in a file, and has no name twice") {
  const auto list = [](const Section& root) { static_cast<void>(root.texts("list", {})); };
  const auto numbers = [](const Section& root) {
    static_cast<void>(root.integers_by_name("numbers", {}));
  };
  const std::string deep(100'000, '[');
  const std::string deep_list = complaint("ORDERFLOW_LIST", deep + std::string(100'000, ']'), list);
  CHECK(deep_list.starts_with("list: found \"[[[["));
  CHECK(deep_list.size() < 300);
  const std::string deep_object = complaint("ORDERFLOW_NUMBERS", "{\"a\":" + deep, numbers);
  CHECK(deep_object.starts_with("numbers: found \"{"));
  CHECK(complaint("ORDERFLOW_NUMBERS", R"({"a": 1, "a": 2})", numbers)
            .starts_with("numbers: found \"{"));
}

TEST_CASE("a bad entry of an object is reported by its name") {
  const auto read = [](const Section& root) {
    const IntegersRule rule{
        .min = 1, .max = 9, .max_count = 2, .name = {.allowed = {"EUR", "USD"}}};
    CHECK(root.integers_by_name("a", {{"EUR", 1}}, rule).at("EUR") == 1);
  };
  const std::string allowed =
      ", allowed is an object of at most 2 entries, each named by one of \"EUR\", \"USD\" and "
      "holding a whole number from 1 to 9";
  CHECK(complaint_in_file("{\"EUR\": 0}", read) == "a.EUR: found 0" + allowed);
  CHECK(complaint_in_file("{\"XXX\": 1}", read) == "a.XXX: found 1" + allowed);
  CHECK(complaint_in_file("[1]", read) == "a: found [1]" + allowed);
  CHECK(complaint("ORDERFLOW_A", "EUR=1", read) == "a: found \"EUR=1\"" + allowed);
}

TEST_CASE("a long value is cut where it is shown") {
  const auto read = [](const Section& root) { root.text("a", "", {.max_length = 10}); };
  const std::string line = complaint_in_file('"' + std::string(5000, 'x') + '"', read);
  CHECK(line.size() < 200);
  CHECK(line.find("xxx..., allowed is") != std::string::npos);
}

TEST_CASE("a default that is not allowed is a mistake of the program") {
  Document document{{}};
  CHECK_THROWS_AS(document.root().integer("a", 11, 0, 10), std::logic_error);
  CHECK_THROWS_AS(document.root().choice("b", "x", {"y"}), std::logic_error);
}

TEST_CASE("two keys that share an environment variable are a mistake of the program") {
  Document document{{}};
  document.section("http").boolean("maxBody", true);
  CHECK_THROWS_AS(document.section("http.max").boolean("body", true), std::logic_error);
}

}  // namespace
}  // namespace orderflow::config
