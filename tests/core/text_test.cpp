#include "core/text.hpp"

#include <doctest/doctest.h>

namespace orderflow::core {
namespace {

TEST_CASE("ASCII letters become lower case, and nothing else changes") {
  CHECK(lower_case("AbZ[`@az-09") == "abz[`@az-09");
  CHECK(lower_case("ÄÖ") == "ÄÖ");
  CHECK(lower_case("").empty());
}

TEST_CASE("texts are equal where every character is, and no more follows") {
  CHECK(equal_in_constant_time("", ""));
  CHECK(equal_in_constant_time("abc", "abc"));
  CHECK_FALSE(equal_in_constant_time("abc", "abd"));
  CHECK_FALSE(equal_in_constant_time("abc", "bbc"));
  CHECK_FALSE(equal_in_constant_time("abc", "ab"));
  CHECK_FALSE(equal_in_constant_time("", "a"));
}

TEST_CASE("an encoded word is found wherever it stands") {
  CHECK(has_encoded_word("=?utf-8?q?=40?="));
  CHECK(has_encoded_word("a=?utf-8?b?QQ==?=b"));
  CHECK_FALSE(has_encoded_word("a=?b"));
  CHECK_FALSE(has_encoded_word("a?=b=?"));
  CHECK_FALSE(has_encoded_word("=?="));
}

}  // namespace
}  // namespace orderflow::core
