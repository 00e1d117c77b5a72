#include "outbound/smtp_replies.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>

namespace orderflow::outbound {
namespace {

SmtpReplies replies_of(std::initializer_list<std::string> lines) {
  SmtpReplies replies;
  for (const std::string& line : lines)
    replies.add_line(line);
  return replies;
}

}  // namespace

TEST_CASE("replies that agree leave no refusal") {
  const auto replies = replies_of({"220 mail\r\n", "250-mail\r\n", "250 SIZE\r\n", "354 go\r\n"});
  CHECK(replies.refusal_code() == 0);
  CHECK(replies.refusal().empty());
}

TEST_CASE("the last refusal is kept, whatever is sent when the connection ends") {
  const auto replies =
      replies_of({"220 mail\r\n", "535 no\r\n", "550 5.1.1 gone\r\n", "221 bye\r\n"});
  CHECK(replies.refusal_code() == 550);
  CHECK(replies.refusal() == "550 5.1.1 gone");
  CHECK_FALSE(replies.refused_at_once());
}

TEST_CASE("a refusal of several lines is one text without control characters") {
  const auto replies = replies_of({"554-first\tline\r\n", "554-\r\n", "554 last\x01\r\n"});
  CHECK(replies.refusal_code() == 554);
  CHECK(replies.refusal() == "554 first line  last");
  CHECK(replies.refused_at_once());
}

TEST_CASE("a refusal that is not UTF-8, or could control a terminal, is made a readable line") {
  const auto replies =
      replies_of({"550 Empf\xe4nger\xc2\x9b"
                  "31m unbekannt\r\n"});
  CHECK(replies.refusal() == "550 Empf\xef\xbf\xbdnger 31m unbekannt");
  // Each byte that is replaced takes three.
  const auto longer = replies_of({"550 " + std::string(499, '\xe4')});
  CHECK(longer.refusal().size() <= 500);
  CHECK(longer.refusal().ends_with("\xef\xbf\xbd"));
}

TEST_CASE("a refusal is bounded, and a line that is no reply is skipped") {
  const auto replies = replies_of({"", "hello", "55", "450", "550 " + std::string(5000, 'x')});
  CHECK(replies.refusal_code() == 550);
  CHECK(replies.refusal().size() <= 500);
  CHECK_FALSE(replies.refused_at_once());
}

}  // namespace orderflow::outbound
