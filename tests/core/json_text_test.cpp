#include "core/json_text.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace orderflow::core {
namespace {

struct Line {
  std::string name;
  double weight = 0;
};

template <class Json>
void to_json(Json& json, const Line& line) {
  json["name"] = line.name;
  json["weight"] = line.weight;
}

struct Parcel {
  std::string id;
  std::int64_t least = std::numeric_limits<std::int64_t>::min();
  std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  bool is_sent = false;
  std::vector<std::string> notes = {};
  std::vector<Line> lines = {};
};

template <class Json>
void to_json(Json& json, const Parcel& parcel) {
  json["id"] = parcel.id;
  json["least"] = parcel.least;
  json["most"] = parcel.most;
  json["isSent"] = parcel.is_sent;
  json["notes"] = parcel.notes;
  json["lines"] = parcel.lines;
  json["kind"] = std::string_view("parcel");
}

struct Nothing {};
template <class Json>
void to_json(Json&, const Nothing&) {}

struct ForDocumentsOnly {};
[[maybe_unused]] void to_json(nlohmann::json& json, const ForDocumentsOnly&) {
  json = {{"n", 1}};
}

static_assert(WritesJsonText<Parcel>);
static_assert(!WritesJsonText<ForDocumentsOnly>);

}  // namespace

TEST_CASE("a text equals a document written by the same function") {
  Parcel parcel{.id = "p-1"};
  CHECK(nlohmann::json::parse(JsonText::of(parcel)) == nlohmann::json(parcel));
  parcel.is_sent = true;
  parcel.notes = {"", "one", "two"};
  parcel.lines = {{"tea", 0.5}, {"cup", 1e300}, {"", -0.0}};
  CHECK(nlohmann::json::parse(JsonText::of(parcel)) == nlohmann::json(parcel));
}

TEST_CASE("members keep the order in which they are written, without blanks") {
  CHECK(JsonText::of(Line{"tea", 2.5}) == R"({"name":"tea","weight":2.5})");
  CHECK(JsonText::of(Parcel{.id = "a", .least = -1, .most = 0, .lines = {{"b", 1.0}}}) ==
        R"({"id":"a","least":-1,"most":0,"isSent":false,"notes":[],)"
        R"("lines":[{"name":"b","weight":1.0}],"kind":"parcel"})");
  CHECK(JsonText::of(Nothing{}) == "{}");
}

TEST_CASE("every character of a text is written as a document writes it") {
  for (unsigned code = 0; code < 128; ++code) {
    CAPTURE(code);
    const std::string text = "a" + std::string(1, static_cast<char>(code)) + "z";
    CHECK(JsonText::of(Line{text, 1}) ==
          R"({"name":)" + nlohmann::json(text).dump() + R"(,"weight":1.0})");
  }
  const std::string far = "Gr\u00fcner Tee \U0001F375 \u2028";
  CHECK(nlohmann::json::parse(JsonText::of(Line{far, 1})).at("name") == far);
}

TEST_CASE("a text that is not UTF-8 is refused") {
  for (const std::string bad : {"\xff", "\xc3", "a\xed\xa0\x80", "\xf5\x80\x80\x80"}) {
    CHECK_THROWS_AS(JsonText::of(Line{bad, 1}), nlohmann::json::type_error);
  }
}

}  // namespace orderflow::core
