#include "cli/terminal/shown_text.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace orderflow::cli {
namespace {

TEST_CASE("what could control a terminal is written out") {
  CHECK(printable("plain, naïve, 日本, 🍵") == "plain, naïve, 日本, 🍵");
  CHECK(printable("a\x1b[31mb") == "a\\x1b[31mb");
  CHECK(printable("a\nb\tc\rd\be") == "a\\nb\\tc\\x0dd\\x08e");
  CHECK(printable(std::string_view("\0", 1)) == "\\x00");
  CHECK(printable("\x7f") == "\\x7f");
  CHECK(printable("\xc2\x9b"
                  "31m") == "\\x9b31m");
  CHECK(printable("gnp\xe2\x80\xae"
                  "exe.") == "gnp\\u202eexe.");
  CHECK(printable("\xef\xbb\xbf") == "\\ufeff");
  CHECK(printable_lines("a\n\x1b"
                        "b") == "a\n\\x1bb");
}

TEST_CASE("bytes that are not UTF-8 are written out, one by one") {
  CHECK(printable("\xff") == "\\xff");
  CHECK(printable("a\xc3") == "a\\xc3");
  CHECK(printable("\xc0\xaf") == "\\xc0\\xaf");
  CHECK(printable("\xe2\x82z") == "\\xe2\\x82z");
  CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");
  CHECK(printable("\xf5\x80\x80\x80") == "\\xf5\\x80\\x80\\x80");
}

TEST_CASE("columns are counted as a terminal counts them") {
  CHECK(columns_of("") == 0);
  CHECK(columns_of("abc") == 3);
  CHECK(columns_of("naïve") == 5);
  CHECK(columns_of("日本") == 4);
  CHECK(columns_of("e\xcc\x81") == 1);
  CHECK(columns_of("🍵") == 2);
}

TEST_CASE("a text that is too long ends in an ellipsis and is never wider than allowed") {
  CHECK(cut_to("abcdef", 6) == "abcdef");
  CHECK(cut_to("abcdef", 5) == "abcd…");
  CHECK(cut_to("abcdef", 1) == "…");
  CHECK(cut_to("日本語", 6) == "日本語");
  CHECK(cut_to("日本語", 5) == "日本…");
  CHECK(cut_to("日本語", 4) == "日…");
  const std::string mixed = "añ日本e\xcc\x81🍵 and more";
  for (std::size_t columns = 1; columns < 20; ++columns) {
    CAPTURE(columns);
    CHECK(columns_of(cut_to(mixed, columns)) <= columns);
    CHECK(printable(cut_to(mixed, columns)) == cut_to(mixed, columns));
  }
}

}  // namespace
}  // namespace orderflow::cli
