#include "mail/smtp_settings.hpp"

#include "outbound/transfers.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

namespace orderflow::notifications {
namespace {

using namespace std::chrono_literals;
using outbound::MailServer;
using Problems = std::vector<config::Problem>;

void add(Problems& problems, const std::string& key, std::string detail) {
  problems.push_back({"settings", "notifications.smtp." + key, std::move(detail)});
}

bool is_host_name(const std::string& text) {
  constexpr std::size_t length_max = 253;
  return text.size() <= length_max && !text.starts_with('-') && !text.starts_with('.') &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '-';
         });
}

bool is_address(const std::string& text) {
  boost::system::error_code error;
  static_cast<void>(boost::asio::ip::make_address(text, error));
  return !error;
}

bool is_loopback(const std::string& host) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  return error ? host == "localhost" : address.is_loopback();
}

MailServer::Security security_of(const std::string& text) noexcept {
  if (text == "tls") return MailServer::Security::tls;
  return text == "none" ? MailServer::Security::none : MailServer::Security::starttls;
}

void check_forms(const SmtpSettings& settings, Problems& problems) {
  const MailServer& server = settings.server;
  if (!server.host.empty() && !is_host_name(server.host) && !is_address(server.host)) {
    add(problems, "host",
        config::shown(server.host) +
            " is neither a host name, such as mail.example.com, nor an "
            "IP address");
  }
  if (!server.ehlo_name.empty() && !is_host_name(server.ehlo_name)) {
    add(problems, "ehloName",
        config::shown(server.ehlo_name) + " is not a host name, such as shop.example.com");
  }
}

void check_use(const SmtpSettings& settings, bool has_password, core::Duration deadline,
               Problems& problems) {
  const MailServer& server = settings.server;
  if (server.host.empty()) {
    add(problems, "host", "is needed where notifications.channel is \"smtp\"");
  }
  if (server.security == MailServer::Security::none && !is_loopback(server.host)) {
    add(problems, "security",
        "\"none\" would send mails and password in the clear: it is allowed to a loopback host "
        "alone, and " +
            config::shown(server.host) + " is none; use \"starttls\" or \"tls\"");
  }
  if (!server.username.empty() && !has_password) {
    add(problems, "password",
        "is needed where there is a username: set ORDERFLOW_NOTIFICATIONS_SMTP_PASSWORD, or name "
        "a file in notifications.smtp.passwordFile");
  }
  if (server.username.empty() && has_password) {
    add(problems, "username", "is needed where there is a password");
  }
  if (server.timeout > deadline) {
    add(problems, "timeoutMs", "must not be longer than notifications.deadlineMs");
  }
  try {
    outbound::check_ca_file(settings.ca_file);
  } catch (const std::exception& e) {
    add(problems, "caFile", config::shown(settings.ca_file) + " " + e.what());
  }
}

}  // namespace

SmtpSettings read_smtp_settings(const config::Section& smtp, bool in_use, core::Duration deadline,
                                Problems& problems) {
  SmtpSettings settings;
  MailServer& server = settings.server;
  server.host = smtp.text("host", "", {.max_length = 253});
  server.port = static_cast<std::uint16_t>(smtp.integer("port", 587, 1, 65535));
  server.security = security_of(smtp.choice("security", "starttls", {"starttls", "tls", "none"}));
  server.username = smtp.text("username", "");
  const auto password = smtp.secret("password");
  // A file that cannot be used is told where it is read.
  const bool has_password = password || !smtp.text("passwordFile", "").empty();
  server.password = password.value_or("");
  server.ehlo_name = smtp.text("ehloName", "", {.max_length = 253});
  server.timeout = smtp.milliseconds("timeoutMs", 25s, 100ms, 10min);
  settings.ca_file = smtp.text("caFile", "");
  settings.connect_timeout = smtp.milliseconds("connectTimeoutMs", 10s, 10ms, 10min);
  settings.connections_max = static_cast<std::size_t>(smtp.integer("maxConnections", 8, 1, 256));
  check_forms(settings, problems);
  if (in_use) check_use(settings, has_password, deadline, problems);
  return settings;
}

}  // namespace orderflow::notifications
