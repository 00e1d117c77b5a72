// What a mail server refuses, and one that breaks off, hangs or is away.
#include "smtp/channel_fixture.hpp"
#include "smtp/mail_server.hpp"
#include "support/sanitized.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <optional>

namespace orderflow::notifications {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using outbound::CircuitState;
using test::header_of;
using test::MailServer;
using Ending = DeliveryResult::Status;

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

TEST_CASE("a 5xx is final, at the recipient as at the mail, and no address is shown") {
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

TEST_CASE("a server that hangs does not delay the shutdown") {
  MailServer server(server_options());
  Shop shop(settings_for(server.port()));
  REQUIRE(shop.deliver(message()).status == Ending::delivered);
  server.process().send(SIGSTOP);
  const auto begin = std::chrono::steady_clock::now();
  shop.close();
  CHECK(std::chrono::steady_clock::now() - begin < 20s);
  server.process().send(SIGCONT);
}

}  // namespace
}  // namespace orderflow::notifications
