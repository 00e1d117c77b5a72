// The channel against a real mail server, without a node around it.
#include "mail/smtp_channel.hpp"

#include "acceptance/node.hpp"
#include "smtp/mail_server.hpp"

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <exception>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace orderflow::notifications {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using outbound::CircuitState;
using test::Certificate;
using test::header_of;
using test::MailServer;
using Ending = DeliveryResult::Status;
using Security = outbound::MailServer::Security;

const Certificate& certificate() {
  static const Certificate one;
  return one;
}

Message message(int number = 1) {
  char id[37];
  std::snprintf(id, sizeof id, "01900000-0000-7000-8000-%012d", number);
  return {.id = NotificationId{*core::Uuid::parse(id)},
          .recipient = "ann@example.com",
          .subject = "Grüße: Ihre Bestellung 书",
          .text = "Hello,\n.\n..dots and a café\n" + std::string(200, 'x') + "\n",
          .html = "<p>Hello</p>\n.<b>café</b>\n",
          .date = core::from_micros(1'700'000'000'000'000),
          .correlation_id = "c-1",
          .traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
          .unsubscribe_url = "https://shop.example/u/" + std::string(150, 't'),
          .unsubscribe_address = "stop@shop.example"};
}

/// The channel's settings for a server.
SmtpSettings settings_for(std::uint16_t port) {
  SmtpSettings settings;
  settings.server.host = "127.0.0.1";
  settings.server.port = port;
  settings.server.username = "shop";
  settings.server.password = "correct horse";
  settings.server.ehlo_name = "shop.example";
  settings.server.timeout = 20s;
  settings.ca_file = certificate().file();
  settings.connect_timeout = 10s;
  settings.connections_max = 4;
  return settings;
}

test::MailServerOptions server_options(const std::string& security = "starttls") {
  return {.security = security,
          .certificate = security == "none" ? nullptr : &certificate(),
          .username = "shop",
          .password = "correct horse"};
}

/// A channel and a thread to wait on.
class Shop {
 public:
  explicit Shop(SmtpSettings settings)
      : destination_({.name = "smtp", .concurrency = 4, .circuit = {.failures_max = 3}}, clock_),
        channel_(std::in_place, std::move(settings),
                 Sender{.name = "Café & Co",
                        .address = "orders@shop.example",
                        .message_id_domain = "shop.example"},
                 destination_) {}

  DeliveryResult deliver(const Message& mail) {
    const auto results = deliver_all({mail});
    REQUIRE(results.size() == 1);
    return results.front();
  }

  /// All at the same time.
  std::vector<DeliveryResult> deliver_all(const std::vector<Message>& mails) {
    std::vector<DeliveryResult> results;
    boost::asio::io_context context(1);
    for (const Message& mail : mails) {
      boost::asio::co_spawn(context, channel_->deliver(mail),
                            [&](std::exception_ptr error, DeliveryResult one) {
                              if (error) std::rethrow_exception(error);
                              results.push_back(std::move(one));
                            });
    }
    context.run();
    return results;
  }

  void close() { channel_.reset(); }
  outbound::DestinationStatus status() const { return destination_.status(); }

 private:
  core::SystemClock clock_;
  outbound::Destination destination_;
  std::optional<SmtpChannel> channel_;
};

}  // namespace

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

TEST_CASE("many mails go side by side, over no more connections than are allowed") {
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

TEST_CASE("a mail that is not answered holds up no other") {
  MailServer server(server_options());
  SmtpSettings settings = settings_for(server.port());
  settings.server.timeout = test::sanitized ? 5s : 2s;
  Shop shop(settings);
  server.behave("hang", 1);
  std::size_t delivered = 0;
  for (const DeliveryResult& result : shop.deliver_all({message(1), message(2), message(3)}))
    delivered += result.status == Ending::delivered ? 1 : 0;
  CHECK(delivered == 2);
  CHECK(server.mails().size() == 2);
}

TEST_CASE("a server that speaks TLS from the first byte is spoken to so") {
  MailServer server(server_options("tls"));
  SmtpSettings settings = settings_for(server.port());
  settings.server.security = Security::tls;
  Shop shop(settings);
  REQUIRE(shop.deliver(message()).status == Ending::delivered);
  CHECK(server.mails()[0].at("tls") == true);
}

TEST_CASE("a wrong password is a trouble of the destination, and is not told") {
  MailServer server(server_options());
  SmtpSettings settings = settings_for(server.port());
  settings.server.password = "wrong horse";
  Shop shop(settings);
  for (const Ending ending : {Ending::failed, Ending::failed, Ending::unavailable}) {
    const DeliveryResult result = shop.deliver(message());
    CHECK(result.status == ending);
    CHECK(result.error.find("535") != std::string::npos);
    CHECK(result.error.find("horse") == std::string::npos);
  }
  CHECK(shop.status().circuit == CircuitState::open);
  CHECK(server.counts().at("refused_logins") == 3);
  CHECK(server.mails().empty());
}

TEST_CASE("a certificate that nobody vouches for is refused before anything is told") {
  for (const char* security : {"starttls", "tls"}) {
    CAPTURE(security);
    MailServer server(server_options(security));
    SmtpSettings settings = settings_for(server.port());
    const Certificate other;
    settings.ca_file = other.file();
    if (std::string(security) == "tls") settings.server.security = Security::tls;
    Shop shop(settings);
    const DeliveryResult result = shop.deliver(message());
    CHECK(result.status == Ending::failed);
    CHECK(result.error.find("certificate") != std::string::npos);
    CHECK(server.counts().at("logins") == 0);
    CHECK(server.mails().empty());
  }
}

TEST_CASE("a certificate for another name is refused, whoever vouches for it") {
  const Certificate elsewhere("DNS:elsewhere.example");
  auto options = server_options();
  options.certificate = &elsewhere;
  MailServer server(options);
  SmtpSettings settings = settings_for(server.port());
  settings.ca_file = elsewhere.file();
  Shop shop(settings);
  CHECK(shop.deliver(message()).status == Ending::failed);
  CHECK(server.counts().at("logins") == 0);
  CHECK(server.mails().empty());
}

TEST_CASE("a server that offers no STARTTLS gets neither password nor mail") {
  MailServer server(server_options("none"));
  Shop shop(settings_for(server.port()));
  const DeliveryResult result = shop.deliver(message());
  CHECK(result.status == Ending::failed);
  CHECK(server.counts().at("connections") == 1);
  CHECK(server.counts().at("logins") == 0);
  CHECK(server.mails().empty());
}

TEST_CASE("in the clear goes where the settings say so") {
  MailServer server(server_options("none"));
  SmtpSettings settings = settings_for(server.port());
  settings.server.security = Security::none;
  Shop shop(settings);
  CHECK(shop.deliver(message()).status == Ending::delivered);
  CHECK(server.mails()[0].at("tls") == false);
}

TEST_CASE("a 4xx is to be tried again, and is no trouble of the destination") {
  MailServer server(server_options());
  Shop shop(settings_for(server.port()));
  server.behave("try_later", 5);
  for (int attempt = 1; attempt <= 5; ++attempt) {
    const DeliveryResult result = shop.deliver(message());
    CHECK(result.status == Ending::failed);
    CHECK(result.error == "the server answered: 451 4.7.1 greylisted, try later");
  }
  CHECK(shop.status().circuit == CircuitState::closed);
  CHECK(shop.deliver(message()).status == Ending::delivered);
  CHECK(server.mails().size() == 1);
}

TEST_CASE("a 5xx is final, at the recipient as at the mail, and no address is told") {
  MailServer server(server_options());
  Shop shop(settings_for(server.port()));
  server.behave("refuse", 1);
  DeliveryResult result = shop.deliver(message());
  CHECK(result.status == Ending::refused);
  CHECK(result.error == "the server answered: 550 5.7.1 this is not wanted here");
  server.behave("refuse_recipient", 1);
  result = shop.deliver(message());
  CHECK(result.status == Ending::refused);
  CHECK(result.error == "the server answered: 550 5.1.1 <a***@example.com>: no such mailbox");
  CHECK(shop.status().failed == 0);
}

TEST_CASE("a server that closes is a trouble of the destination") {
  MailServer server(server_options());
  Shop shop(settings_for(server.port()));
  server.behave("close", 1);
  const DeliveryResult result = shop.deliver(message());
  CHECK(result.status == Ending::failed);
  CHECK(result.error.find("421") != std::string::npos);
  CHECK(shop.status().failed == 1);
}

TEST_CASE("a cut after the final dot sends the same mail again") {
  MailServer server(server_options());
  Shop shop(settings_for(server.port()));
  server.behave("cut", 1);
  CHECK(shop.deliver(message()).status == Ending::failed);
  CHECK(shop.deliver(message()).status == Ending::delivered);
  const json mails = server.mails();
  REQUIRE(mails.size() == 2);
  CHECK(mails[0].at("source") == mails[1].at("source"));
  CHECK(header_of(mails[0], "Message-ID") == header_of(mails[1], "Message-ID"));
}

TEST_CASE("a server that never answers costs no more than the time limit") {
  MailServer server(server_options());
  SmtpSettings settings = settings_for(server.port());
  settings.server.timeout = test::sanitized ? 5s : 2s;
  Shop shop(settings);
  server.behave("hang", 1);
  const DeliveryResult result = shop.deliver(message());
  CAPTURE(result.error);
  CHECK(result.status == Ending::failed);
  CHECK(result.error.find("time") != std::string::npos);
  CHECK(shop.status().failed == 1);
  const DeliveryResult next = shop.deliver(message());
  CAPTURE(next.error);
  CHECK(next.status == Ending::delivered);
}

TEST_CASE("a server that is away opens the circuit, and one that is back closes it") {
  std::optional<MailServer> server(server_options());
  const std::uint16_t port = server->port();
  server.reset();
  Shop shop(settings_for(port));
  for (const Ending ending : {Ending::failed, Ending::failed, Ending::unavailable})
    CHECK(shop.deliver(message()).status == ending);
  CHECK(shop.status().circuit == CircuitState::open);

  auto options = server_options();
  options.port = port;
  server.emplace(options);
  CHECK(shop.deliver(message()).status == Ending::delivered);
  CHECK(shop.status().circuit == CircuitState::closed);
}

TEST_CASE("a server that hangs does not hold up the end") {
  MailServer server(server_options());
  Shop shop(settings_for(server.port()));
  REQUIRE(shop.deliver(message()).status == Ending::delivered);
  server.process().send(SIGSTOP);
  const auto begin = std::chrono::steady_clock::now();
  shop.close();
  CHECK(std::chrono::steady_clock::now() - begin < 20s);
  server.process().send(SIGCONT);
}

TEST_CASE("what cannot stand in a mail header is refused here, not sent") {
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

}  // namespace orderflow::notifications
