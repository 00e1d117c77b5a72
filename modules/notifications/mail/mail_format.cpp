#include "mail/mail_format.hpp"

#include "core/readable_line.hpp"
#include "mail/mail_address.hpp"
#include "mail/mail_encoding.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string_view>
#include <utility>

namespace orderflow::notifications {
namespace {

constexpr std::size_t header_value_max = 900;

/// Identifiers go into a header as they are.
bool is_token(std::string_view text) noexcept {
  return text.size() <= header_value_max &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

std::optional<RefusedMessage> refused(const Message& message, const Sender& sender) {
  if (!is_mail_address(message.recipient)) {
    return RefusedMessage{"the recipient's address cannot stand in a mail header"};
  }
  if (!is_mail_address(sender.address)) {
    return RefusedMessage{"the sender's address cannot stand in a mail header"};
  }
  if (!core::is_readable_line(message.subject)) {
    return RefusedMessage{"the subject has a control character"};
  }
  if (!core::is_readable_line(sender.name)) {
    return RefusedMessage{"the sender's name has a control character"};
  }
  if (!is_token(message.correlation_id) || !is_token(message.traceparent)) {
    return RefusedMessage{"the correlation id or traceparent is not visible ASCII"};
  }
  if (!is_token(message.unsubscribe_url) ||
      message.unsubscribe_url.find_first_of("<>") != std::string::npos) {
    return RefusedMessage{"the URL to unsubscribe cannot stand in a mail header"};
  }
  if (!message.unsubscribe_address.empty() && !is_mail_address(message.unsubscribe_address)) {
    return RefusedMessage{"the address to unsubscribe cannot stand in a mail header"};
  }
  return std::nullopt;
}

void add_header(std::string& mail, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  mail.append(name).append(": ").append(value).append("\r\n");
}

std::string from_header(const Sender& sender) {
  if (sender.name.empty()) return sender.address;
  // The address on a line of its own, so that neither it nor the name is ever broken.
  return header_phrase(sender.name, std::string_view("From").size()) + "\r\n <" + sender.address +
         '>';
}

/// RFC 2369 §3.2, and RFC 8058 for the click that a mail program makes in the reader's name.
void add_list_headers(std::string& mail, const Message& message) {
  std::string ways;
  if (!message.unsubscribe_url.empty()) ways = '<' + message.unsubscribe_url + '>';
  if (!message.unsubscribe_address.empty()) {
    if (!ways.empty()) ways += ",\r\n ";
    ways += "<mailto:" + message.unsubscribe_address + "?subject=unsubscribe>";
  }
  add_header(mail, "List-Unsubscribe", ways);
  if (!message.unsubscribe_url.empty()) {
    add_header(mail, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
  }
}

void add_part(std::string& mail, std::string_view boundary, std::string_view type,
              std::string_view body) {
  mail.append("--").append(boundary).append("\r\n");
  mail.append("Content-Type: ").append(type).append("; charset=utf-8\r\n");
  mail.append("Content-Transfer-Encoding: quoted-printable\r\n\r\n");
  mail.append(quoted_printable(body)).append("\r\n");
}

}  // namespace

std::string mail_date(core::Timestamp time) {
  constexpr std::array weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(time - day)};
  char text[64];
  const int size = std::snprintf(
      text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d +0000",
      weekdays[std::chrono::weekday{day}.c_encoding()], static_cast<unsigned>(date.day()),
      months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  return std::string(text, static_cast<std::size_t>(size));
}

boost::system::result<std::string, RefusedMessage> format_mail(const Message& message,
                                                               const Sender& sender) {
  if (auto refusal = refused(message, sender)) return *std::move(refusal);
  const std::string id = message.id.value().to_string();
  // Quoted-printable never has "=_", so no body can hold the boundary (RFC 2045 §6.7).
  const std::string boundary = "=_" + id;

  std::string mail;
  mail.reserve(1024 + (message.text.size() + message.html.size()) * 5 / 4);
  add_header(mail, "Date", mail_date(message.date));
  add_header(mail, "From", from_header(sender));
  add_header(mail, "To", message.recipient);
  add_header(mail, "Message-ID", '<' + id + '@' + sender.message_id_domain + '>');
  add_header(mail, "Subject", header_text(message.subject, std::string_view("Subject").size()));
  add_header(mail, "Auto-Submitted", "auto-generated");
  add_header(mail, "X-Correlation-ID", message.correlation_id);
  add_header(mail, "Traceparent", message.traceparent);
  add_list_headers(mail, message);
  add_header(mail, "MIME-Version", "1.0");
  add_header(mail, "Content-Type", "multipart/alternative;\r\n boundary=\"" + boundary + '"');
  mail += "\r\n";
  add_part(mail, boundary, "text/plain", message.text);
  add_part(mail, boundary, "text/html", message.html);
  mail.append("--").append(boundary).append("--\r\n");
  return {boost::system::in_place_value, std::move(mail)};
}

}  // namespace orderflow::notifications
