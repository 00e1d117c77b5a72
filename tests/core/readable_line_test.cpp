#include "core/readable_line.hpp"

#include <doctest/doctest.h>

#include <string>

namespace orderflow::core {
namespace {

TEST_CASE("names in every script are readable lines") {
  for (const char* text : {"", "Book, 2nd ed.", "na\xc3\xafve", "\xe6\x97\xa5\xe6\x9c\xac",
                           // Hebrew with a right-to-left mark, and a family of joined people.
                           "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d\xe2\x80\x8f!",
                           "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9"}) {
    CAPTURE(text);
    CHECK(is_readable_line(text));
  }
}

TEST_CASE("what controls a terminal, ends a line or turns what is around it is not readable") {
  for (const char* text : {"a\nb", "a\tb", "\x1b[31m", "\x7f",
                           // C1: NEL and CSI.
                           "a\xc2\x85",
                           "\xc2\x9b"
                           "31m",
                           // Separators of lines and paragraphs.
                           "\xe2\x80\xa8", "\xe2\x80\xa9",
                           // An override, an embedding, an isolate.
                           "gnp\xe2\x80\xae"
                           "exe.",
                           "\xe2\x80\xaa", "\xe2\x81\xa6",
                           "\xe4"
                           "nne"}) {
    CAPTURE(text);
    CHECK_FALSE(is_readable_line(text));
  }
  CHECK(is_readable(0xa0));
  CHECK_FALSE(is_readable(0x80));
  CHECK_FALSE(is_readable(0x9f));
}

TEST_CASE("a peer's message becomes one readable line") {
  CHECK(peer_text("550 Empf\xe4nger unbekannt", 500) == "550 Empf\xef\xbf\xbdnger unbekannt");
  CHECK(peer_text("two\r\nlines\xc2\x9b"
                  "31m",
                  500) == "two  lines 31m");
  CHECK(peer_text("plain", 500) == "plain");
  CHECK(peer_text("", 500).empty());
}

TEST_CASE("a peer's message is bounded, and never cut within a character") {
  CHECK(peer_text(std::string(10'000, '\xff'), 10) == "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
  CHECK(peer_text("ab\xc3\xa9", 3) == "ab");
  for (std::size_t most = 0; most < 12; ++most) {
    CAPTURE(most);
    const std::string line = peer_text("\xe4 \xc3\xa9\xe6\x97\xa5 \xf0\x9f\x8d\xb5", most);
    CHECK(line.size() <= most);
    CHECK(is_utf8(line));
  }
}

}  // namespace
}  // namespace orderflow::core
