#include "core/utf8.hpp"

#include <doctest/doctest.h>

#include <string>

namespace orderflow::core {
namespace {

TEST_CASE("UTF-8 is known by its bytes, and nothing else passes for it") {
  for (const char* text : {"", "plain", "na\xc3\xafve", "\xe6\x97\xa5\xe6\x9c\xac",
                           "\xf0\x9f\x8d\xb5", "\xf4\x8f\xbf\xbf"}) {
    CAPTURE(text);
    CHECK(is_utf8(text));
  }
  for (const char* text : {"\xff", "a\xe4", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80",
                           "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\x80"}) {
    CAPTURE(text);
    CHECK_FALSE(is_utf8(text));
  }
}

TEST_CASE("a text is cut between two characters") {
  const std::string text = "a\xc3\xa9\xe6\x97\xa5";
  CHECK(cut_between_characters(text, 6) == text);
  CHECK(cut_between_characters(text, 5) == "a\xc3\xa9");
  CHECK(cut_between_characters(text, 2) == "a");
  CHECK(cut_between_characters(text, 0).empty());
}

}  // namespace
}  // namespace orderflow::core
