#include "mail/mail_encoding.hpp"
#include "parsed_mail.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace orderflow::notifications {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  for (std::size_t end; (end = text.find("\r\n", begin)) != std::string::npos; begin = end + 2) {
    lines.push_back(text.substr(begin, end - begin));
  }
  lines.push_back(text.substr(begin));
  return lines;
}

}  // namespace

TEST_CASE("plain text stays readable in quoted-printable") {
  CHECK(quoted_printable("Hello,\nthank you.\n") == "Hello,\r\nthank you.\r\n");
  CHECK(quoted_printable("two\r\nlines") == "two\r\nlines\r\n");
  CHECK(quoted_printable("") == "");
  CHECK(quoted_printable("\n\n") == "\r\n\r\n");
}

TEST_CASE("what could be changed on the way is encoded") {
  CHECK(quoted_printable("1 = 1") == "1 =3D 1\r\n");
  CHECK(quoted_printable("é") == "=C3=A9\r\n");
  CHECK(quoted_printable("end \nend\t\n") == "end=20\r\nend=09\r\n");
  CHECK(quoted_printable("a \r\nb ") == "a=20\r\nb=20\r\n");
  CHECK(quoted_printable(std::string_view("\0\x01\x7f\r", 4)) == "=00=01=7F=0D\r\n");
}

TEST_CASE("no line of quoted-printable exceeds 76 characters, and it decodes to the same text") {
  std::string text;
  for (int i = 0; i < 300; ++i)
    text += i % 7 == 0 ? "é" : i % 11 == 0 ? "=" : i % 5 == 0 ? " " : "x";
  text += '\n';
  for (std::size_t length = 70; length < 80; ++length)
    text += std::string(length, 'y') + " \n";
  const std::string encoded = quoted_printable(text);
  for (const std::string& line : lines_of(encoded)) {
    CAPTURE(line);
    CHECK(line.size() <= 76);
    CHECK_FALSE(line.ends_with(' '));
  }
  CHECK(decode_quoted_printable(encoded) == text);
}

TEST_CASE("a header's short ASCII text stays as it is") {
  CHECK(header_text("Your order 7 is confirmed", 7) == "Your order 7 is confirmed");
}

TEST_CASE("a header's text of another script becomes encoded words") {
  CHECK(header_text("Café", 7) == "=?UTF-8?B?Q2Fmw6k=?=");
  CHECK(header_text("é", 7) == "=?UTF-8?B?w6k=?=");
  CHECK(header_text("€", 7) == "=?UTF-8?B?4oKs?=");
}

TEST_CASE("what would read as an encoded word, or lose its blanks, is encoded") {
  CHECK(header_text("=?UTF-8?B?Q2Fmw6k=?=", 7).starts_with("=?UTF-8?B?PT9V"));
  CHECK(header_text(" a", 7) == "=?UTF-8?B?IGE=?=");
}

TEST_CASE("long encoded words are folded within 76 characters and split no character") {
  std::string text;
  for (int i = 0; i < 60; ++i)
    text += "日本";
  const auto lines = lines_of("Subject: " + header_text(text, 7));
  REQUIRE(lines.size() > 5);
  for (const std::string& line : lines) {
    CAPTURE(line);
    CHECK(line.size() <= 76);
    const std::string word = line.substr(line.find("=?"));
    CHECK(word.starts_with("=?UTF-8?B?"));
    CHECK(word.ends_with("?="));
    // Three bytes a character: whole ones need no padding.
    CHECK_FALSE(word.ends_with("=?="));
  }
}

TEST_CASE("a long ASCII text is folded too") {
  for (const std::string& line : lines_of("Subject: " + header_text(std::string(500, 'x'), 7))) {
    CHECK(line.size() <= 76);
  }
}

TEST_CASE("a display name is quoted") {
  CHECK(header_phrase("Corner Shop", 4) == "\"Corner Shop\"");
  CHECK(header_phrase(R"(A "good" \ shop)", 4) == R"("A \"good\" \\ shop")");
  CHECK(header_phrase("Café", 4) == "=?UTF-8?B?Q2Fmw6k=?=");
}

}  // namespace orderflow::notifications
