// Encryption, certificates and logins of the channel.
#include "smtp/channel_fixture.hpp"
#include "smtp/mail_server.hpp"

#include <doctest/doctest.h>

#include <string>

namespace orderflow::notifications {
namespace {

using outbound::CircuitState;
using test::Certificate;
using test::MailServer;
using Ending = DeliveryResult::Status;
using Security = outbound::MailServer::Security;

TEST_CASE("a server that expects TLS from the first byte gets it") {
  MailServer server(server_options("tls"));
  SmtpSettings settings = settings_for(server.port());
  settings.server.security = Security::tls;
  Shop shop(settings);
  REQUIRE(shop.deliver(message()).status == Ending::delivered);
  CHECK(server.mails()[0].at("tls") == true);
}

TEST_CASE("a wrong password is a trouble of the destination, and is not shown") {
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

TEST_CASE("an untrusted certificate is refused before anything is sent") {
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

TEST_CASE("a certificate for another name is refused, even if its issuer is trusted") {
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

TEST_CASE("mail goes unencrypted where the settings allow it") {
  MailServer server(server_options("none"));
  SmtpSettings settings = settings_for(server.port());
  settings.server.security = Security::none;
  Shop shop(settings);
  CHECK(shop.deliver(message()).status == Ending::delivered);
  CHECK(server.mails()[0].at("tls") == false);
}

}  // namespace
}  // namespace orderflow::notifications
