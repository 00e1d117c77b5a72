#pragma once

#include "core/clock.hpp"
#include "mail/smtp_channel.hpp"
#include "outbound/destination.hpp"
#include "smtp/mail_server.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace orderflow::notifications {

/// Of the server that `server_options` describe.
const test::Certificate& certificate();

/// `security` is starttls, tls or none.
test::MailServerOptions server_options(const std::string& security = "starttls");

/// The channel's settings for such a server.
SmtpSettings settings_for(std::uint16_t port);

/// A mail that has all that a mail may have; each number has an id of its own.
Message message(int number = 1);

/// A channel and a thread to wait on.
class Shop {
 public:
  explicit Shop(SmtpSettings settings);

  DeliveryResult deliver(const Message& mail);

  /// All at the same time.
  std::vector<DeliveryResult> deliver_all(const std::vector<Message>& mails);

  void close() { channel_.reset(); }
  outbound::DestinationStatus status() const { return destination_.status(); }

 private:
  core::SystemClock clock_;
  outbound::Destination destination_;
  std::optional<SmtpChannel> channel_;
};

}  // namespace orderflow::notifications
