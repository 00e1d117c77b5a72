#include "mail/mail_format.hpp"
#include "parsed_mail.hpp"
#include "sample_events.hpp"

#include <doctest/doctest.h>

namespace orderflow::notifications {
namespace {

ParsedMail mail_of(const Message& message, const Sender& sender = sample_sender()) {
  const auto mail = format_mail(message, sender);
  REQUIRE(mail.has_value());
  return parse_mail(*mail);
}

std::string refusal(const Message& message, const Sender& sender = sample_sender()) {
  const auto mail = format_mail(message, sender);
  return mail ? "" : mail.error().reason;
}

}  // namespace

TEST_CASE("a mail has the headers that readers and robots need") {
  Message message = sample_message();
  message.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const ParsedMail mail = mail_of(message);
  CHECK(mail.header("Date") == "Tue, 14 Nov 2023 22:13:20 +0000");
  CHECK(mail.header("From") == "\"Orderflow\" <orders@orderflow.local>");
  CHECK(mail.header("To") == "ann@example.com");
  CHECK(mail.header("Message-ID") == "<" + order_id(1) + "@orderflow.local>");
  CHECK(mail.header("Subject") == "Your order");
  CHECK(mail.header("Auto-Submitted") == "auto-generated");
  CHECK(mail.header("X-Correlation-ID") == "c-1");
  CHECK(mail.header("Traceparent") == message.traceparent);
  CHECK(mail.header("MIME-Version") == "1.0");
}

TEST_CASE("a mail has the same content as text and as HTML, the richer one last") {
  Message message = sample_message();
  message.text = "Zwei Cafés, 1=1 \n.\n--=_" + order_id(1) + "\nFrom here\n";
  message.html = "<p>" + std::string(2000, 'x') + "</p>\n";
  const ParsedMail mail = mail_of(message);
  REQUIRE(mail.parts.size() == 2);
  CHECK(mail.parts[0].type == "text/plain; charset=utf-8");
  CHECK(mail.parts[0].body == message.text);
  CHECK(mail.parts[1].type == "text/html; charset=utf-8");
  CHECK(mail.parts[1].body == message.html);
}

TEST_CASE("the same message gives the same bytes") {
  CHECK(*format_mail(sample_message(), sample_sender()) ==
        *format_mail(sample_message(), sample_sender()));
}

TEST_CASE("a sender without a name is its address alone, and a name of any script is encoded") {
  Sender sender = sample_sender();
  sender.name.clear();
  CHECK(mail_of(sample_message(), sender).header("From") == "orders@orderflow.local");
  sender.name = "Café";
  CHECK(mail_of(sample_message(), sender).header("From") ==
        "=?UTF-8?B?Q2Fmw6k=?= <orders@orderflow.local>");
}

TEST_CASE("unknown headers are left out") {
  Message message = sample_message();
  message.correlation_id.clear();
  const auto mail = format_mail(message, sample_sender());
  REQUIRE(mail.has_value());
  CHECK(mail->find("X-Correlation-ID") == std::string::npos);
  CHECK(mail->find("Traceparent") == std::string::npos);
}

TEST_CASE("a header cannot be injected") {
  const std::string injection = "\r\nBcc: all@example.com";
  Message message = sample_message();
  message.recipient += injection;
  CHECK(refusal(message) == "the recipient's address cannot stand in a mail header");

  message = sample_message();
  message.subject += injection;
  CHECK(refusal(message) == "the subject has a control character");

  message = sample_message();
  message.correlation_id += injection;
  CHECK(refusal(message) == "the correlation id or traceparent is not visible ASCII");

  Sender sender = sample_sender();
  sender.name += injection;
  CHECK(refusal(sample_message(), sender) == "the sender's name has a control character");
  sender = sample_sender();
  sender.address += injection;
  CHECK(refusal(sample_message(), sender) == "the sender's address cannot stand in a mail header");
}

TEST_CASE("a mail names the ways to unsubscribe that there are") {
  Message message = sample_message();
  message.unsubscribe_address = "stop@shop.example";
  CHECK(mail_of(message).header("List-Unsubscribe") ==
        "<mailto:stop@shop.example?subject=unsubscribe>");
  CHECK(format_mail(message, sample_sender())->find("List-Unsubscribe-Post") == std::string::npos);
  message.unsubscribe_url = "https://shop.example/u/" + std::string(300, 't');
  const ParsedMail mail = mail_of(message);
  CHECK(mail.header("List-Unsubscribe") ==
        "<" + message.unsubscribe_url + ">, <mailto:stop@shop.example?subject=unsubscribe>");
  CHECK(mail.header("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click");
  CHECK(format_mail(sample_message(), sample_sender())->find("List-Unsubscribe") ==
        std::string::npos);
}

TEST_CASE("a way to unsubscribe cannot inject a header") {
  Message message = sample_message();
  message.unsubscribe_url = "https://a/\r\nBcc: all@example.com";
  CHECK(refusal(message) == "the URL to unsubscribe cannot stand in a mail header");
  message.unsubscribe_url = "https://a>, <https://b";
  CHECK(refusal(message) == "the URL to unsubscribe cannot stand in a mail header");
  message = sample_message();
  message.unsubscribe_address = "a@b\r\nBcc: c@d";
  CHECK(refusal(message) == "the address to unsubscribe cannot stand in a mail header");
}

TEST_CASE("every control character is refused in a subject") {
  for (int code = 0; code < 128; ++code) {
    if (code >= ' ' && code != 127) continue;
    CAPTURE(code);
    Message message = sample_message();
    message.subject = std::string("a") + static_cast<char>(code) + "b";
    CHECK_FALSE(refusal(message).empty());
  }
}

TEST_CASE("dates are those of RFC 5322") {
  CHECK(mail_date(core::from_micros(0)) == "Thu, 01 Jan 1970 00:00:00 +0000");
  CHECK(mail_date(core::from_micros(1'709'208'000'999'999)) == "Thu, 29 Feb 2024 12:00:00 +0000");
}

}  // namespace orderflow::notifications
