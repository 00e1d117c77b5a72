#pragma once

#include "mail/smtp_settings.hpp"
#include "notification/channel.hpp"
#include "outbound/destination.hpp"
#include "outbound/open_sockets.hpp"
#include "outbound/transfers.hpp"

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace orderflow::notifications {

/// Hands each message to a mail server. A message that comes twice, after an attempt whose end was
/// not seen, has the same Message-ID and the same content (RFC 5321 §6.1: it cannot be avoided).
///
/// What the server says of a mail decides about that mail. No connection, no TLS, no login and no
/// answer are troubles of the destination: they count for its circuit breaker, and while that is
/// open the message is `unavailable`.
///
/// It opens no more connections than are needed at a time, and keeps them for the next message.
class SmtpChannel final : public Channel {
 public:
  /// The destination outlives it.
  SmtpChannel(SmtpSettings settings, Sender sender, outbound::Destination& destination);

  /// Ends what is on its way. Callers that still wait are never resumed.
  ~SmtpChannel() override;
  SmtpChannel(const SmtpChannel&) = delete;
  SmtpChannel& operator=(const SmtpChannel&) = delete;

  std::string_view name() const noexcept override { return "smtp"; }
  boost::asio::awaitable<DeliveryResult> deliver(const Message& message) override;

 private:
  /// One connection to the server, if there is one at the moment, and its engine.
  struct Line {
    explicit Line(const SmtpSettings& settings);
    outbound::Transfers transfers;
    std::size_t mails = 0;  ///< on their way; more than one wait for one another
  };

  boost::asio::awaitable<outbound::MailVerdict> hand_over(const outbound::OutgoingMail& mail);
  Line& take_line();
  void give_back(Line& line) noexcept;

  const SmtpSettings settings_;
  const Sender sender_;
  outbound::Destination& destination_;
  outbound::OpenSockets sockets_;  // of the lines, which come after it

  std::mutex mutex_;  // guards what follows
  std::vector<std::unique_ptr<Line>> lines_;
};

}  // namespace orderflow::notifications
