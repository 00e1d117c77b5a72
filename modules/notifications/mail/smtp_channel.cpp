#include "mail/smtp_channel.hpp"

#include "mail/mail_address.hpp"
#include "mail/mail_format.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::notifications {
namespace {

using outbound::MailVerdict;
using Ending = DeliveryResult::Status;

outbound::TransferOptions options_of(const SmtpSettings& settings) {
  return {.ca_file = settings.ca_file,
          .connect_timeout = settings.connect_timeout,
          .connections_max = 1};
}

}  // namespace

SmtpChannel::Line::Line(const SmtpSettings& settings) : transfers(options_of(settings)) {}

SmtpChannel::SmtpChannel(SmtpSettings settings, Sender sender, outbound::Destination& destination)
    : settings_(std::move(settings)), sender_(std::move(sender)), destination_(destination) {}

SmtpChannel::~SmtpChannel() {
  sockets_.shut_down();
}

boost::asio::awaitable<DeliveryResult> SmtpChannel::deliver(const Message& message) {
  auto content = format_mail(message, sender_);
  if (!content) co_return DeliveryResult{Ending::refused, content.error().reason};
  const outbound::OutgoingMail mail{
      .sender = sender_.address, .recipient = message.recipient, .content = std::move(*content)};
  outbound::Destination::Use use(destination_);
  MailVerdict verdict = co_await hand_over(mail);
  std::string error = with_masked_addresses(verdict.error);
  if (verdict.kind == MailVerdict::Kind::unreachable) {
    use.failed(error);
    const Ending ending = destination_.is_away() ? Ending::unavailable : Ending::failed;
    co_return DeliveryResult{ending, std::move(error)};
  }
  use.succeeded();
  switch (verdict.kind) {
    case MailVerdict::Kind::accepted:
      co_return DeliveryResult{Ending::delivered};
    case MailVerdict::Kind::refused:
      co_return DeliveryResult{Ending::refused, std::move(error)};
    default:
      co_return DeliveryResult{Ending::failed, std::move(error)};
  }
}

boost::asio::awaitable<MailVerdict> SmtpChannel::hand_over(const outbound::OutgoingMail& mail) {
  outbound::MailTransfer transfer(settings_.server, mail, sockets_);
  Line& line = take_line();
  const CURLcode result = co_await line.transfers.run(transfer);
  give_back(line);
  co_return transfer.verdict(result);
}

SmtpChannel::Line& SmtpChannel::take_line() {
  const std::lock_guard lock(mutex_);
  // The first that is free, so that few messages use few connections.
  auto line = std::ranges::find(lines_, std::size_t{0}, &Line::mails);
  if (line == lines_.end() && lines_.size() < settings_.connections_max) {
    line = lines_.insert(line, std::make_unique<Line>(settings_));
  }
  if (line == lines_.end()) line = std::ranges::min_element(lines_, {}, &Line::mails);
  ++(*line)->mails;
  return **line;
}

void SmtpChannel::give_back(Line& line) noexcept {
  const std::lock_guard lock(mutex_);
  --line.mails;
}

}  // namespace orderflow::notifications
