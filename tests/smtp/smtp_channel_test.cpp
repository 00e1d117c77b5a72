// The channel against a real mail server, without a node around it.
#include "mail/smtp_channel.hpp"

#include "smtp/channel_fixture.hpp"
#include "smtp/mail_server.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

namespace orderflow::notifications {
namespace {

using nlohmann::json;
using test::header_of;
using test::MailServer;
using Ending = DeliveryResult::Status;

TEST_CASE("a mail arrives over STARTTLS with a login, and a standard parser reads all of it") {
  MailServer server(server_options());
  Shop shop(settings_for(server.port()));
  const Message sent = message();
  REQUIRE(shop.deliver(sent).status == Ending::delivered);

  const json mails = server.mails();
  REQUIRE(mails.size() == 1);
  const json& mail = mails[0];
  CHECK(mail.at("tls") == true);
  CHECK(mail.at("envelopeFrom") == "orders@shop.example");
  CHECK(mail.at("envelopeTo") == json{"ann@example.com"});
  CHECK(mail.at("from") == json::array({json::array({"Café & Co", "orders@shop.example"})}));
  CHECK(mail.at("to") == json{"ann@example.com"});
  CHECK(mail.at("date") == "2023-11-14T22:13:20+00:00");
  CHECK(mail.at("type") == "multipart/alternative");
  CHECK(mail.at("text") == sent.text);
  CHECK(mail.at("html") == sent.html);
  CHECK(mail.at("defects").empty());
  CHECK(mail.at("bareLineEnds") == 0);
  CHECK(mail.at("longestLine").get<int>() <= 998);
  CHECK(header_of(mail, "Subject") == sent.subject);
  CHECK(header_of(mail, "Message-ID") == "<01900000-0000-7000-8000-000000000001@shop.example>");
  CHECK(header_of(mail, "X-Correlation-ID") == "c-1");
  CHECK(header_of(mail, "Traceparent") == sent.traceparent);
  CHECK(header_of(mail, "List-Unsubscribe") ==
        "<" + sent.unsubscribe_url + ">, <mailto:stop@shop.example?subject=unsubscribe>");
  CHECK(header_of(mail, "List-Unsubscribe-Post") == "List-Unsubscribe=One-Click");
}

TEST_CASE("mails share a connection and its login") {
  MailServer server(server_options());
  Shop shop(settings_for(server.port()));
  for (int number = 1; number <= 5; ++number)
    REQUIRE(shop.deliver(message(number)).status == Ending::delivered);
  const json counts = server.counts();
  CHECK(counts.at("mails") == 5);
  CHECK(counts.at("connections") == 1);
  CHECK(counts.at("logins") == 1);
}

TEST_CASE("many mails are sent concurrently, over no more connections than are allowed") {
  MailServer server(server_options());
  Shop shop(settings_for(server.port()));
  std::vector<Message> mails;
  for (int number = 1; number <= 40; ++number)
    mails.push_back(message(number));
  for (const DeliveryResult& result : shop.deliver_all(mails))
    CHECK(result.status == Ending::delivered);
  std::set<std::string> ids;
  for (const json& mail : server.mails())
    ids.insert(header_of(mail, "Message-ID"));
  CHECK(ids.size() == 40);
  CHECK(server.counts().at("mails") == 40);
  CHECK(server.counts().at("connections") == 4);
}

TEST_CASE("a text that cannot be part of a mail header is refused here, not sent") {
  MailServer server(server_options());
  Shop shop(settings_for(server.port()));
  Message bad = message();
  bad.recipient = "ann@example.com>\r\nRCPT TO:<all@example.com";
  CHECK(shop.deliver(bad).status == Ending::refused);
  bad = message();
  bad.subject += "\r\nBcc: all@example.com";
  CHECK(shop.deliver(bad).status == Ending::refused);
  bad = message();
  bad.unsubscribe_url = "https://a>\r\nBcc: all@example.com";
  CHECK(shop.deliver(bad).status == Ending::refused);
  CHECK(server.counts().at("connections") == 0);
}

}  // namespace
}  // namespace orderflow::notifications
