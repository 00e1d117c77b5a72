#include "smtp/channel_fixture.hpp"

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdio>
#include <exception>
#include <utility>

namespace orderflow::notifications {

using namespace std::chrono_literals;

const test::Certificate& certificate() {
  static const test::Certificate one;
  return one;
}

Message message(int number) {
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

test::MailServerOptions server_options(const std::string& security) {
  return {.security = security,
          .certificate = security == "none" ? nullptr : &certificate(),
          .username = "shop",
          .password = "correct horse"};
}

Shop::Shop(SmtpSettings settings)
    : destination_({.name = "smtp", .concurrency = 4, .circuit = {.failures_max = 3}}, clock_),
      channel_(std::in_place, std::move(settings),
               Sender{.name = "Café & Co",
                      .address = "orders@shop.example",
                      .message_id_domain = "shop.example"},
               destination_) {}

DeliveryResult Shop::deliver(const Message& mail) {
  const auto results = deliver_all({mail});
  REQUIRE(results.size() == 1);
  return results.front();
}

std::vector<DeliveryResult> Shop::deliver_all(const std::vector<Message>& mails) {
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

}  // namespace orderflow::notifications
