#include "settings.hpp"

#include "config/document.hpp"
#include "config/problem.hpp"

#include <doctest/doctest.h>

namespace orderflow::notifications {
namespace {

using namespace std::chrono_literals;

Settings settings_of(std::vector<std::string> environment) {
  config::Document document{{.environment = std::move(environment)}};
  Settings settings = read_settings(document.section("notifications"));
  document.check();
  return settings;
}

std::string complaint(std::vector<std::string> environment) {
  try {
    settings_of(std::move(environment));
  } catch (const config::Invalid& e) {
    return e.what();
  }
  return {};
}

/// What is reported about a setting of the mail server, where mails go to one.
std::string smtp_complaint(std::vector<std::string> environment) {
  // Of a variable that is there twice the first counts.
  environment.insert(environment.end(), {"ORDERFLOW_NOTIFICATIONS_CHANNEL=smtp",
                                         "ORDERFLOW_NOTIFICATIONS_SMTP_HOST=mail.example.com"});
  return complaint(std::move(environment));
}

}  // namespace

TEST_CASE("a laptop needs no settings") {
  const Settings settings = settings_of({});
  CHECK(settings.channel == "file");
  CHECK(settings.folder.empty());
  CHECK(settings.sender.name == "Orderflow");
  CHECK(settings.sender.address == "orders@orderflow.local");
  CHECK(settings.sender.message_id_domain == "orderflow.local");
  CHECK(settings.deadline == 30s);
  CHECK(settings.retry.first_delay == 1s);
  CHECK(settings.retry.factor == 2.0);
  CHECK(settings.retry.delay_max == 5min);
  CHECK(settings.retry.attempts_max == 12);
}

TEST_CASE("each setting has its variable") {
  const Settings settings = settings_of(
      {"ORDERFLOW_NOTIFICATIONS_CHANNEL=none", "ORDERFLOW_NOTIFICATIONS_FILE_FOLDER=/var/mail/of",
       "ORDERFLOW_NOTIFICATIONS_FROM_NAME=Café", "ORDERFLOW_NOTIFICATIONS_FROM_ADDRESS=a@b.example",
       "ORDERFLOW_NOTIFICATIONS_MESSAGE_ID_DOMAIN=b.example",
       "ORDERFLOW_NOTIFICATIONS_DEADLINE_MS=1500", "ORDERFLOW_NOTIFICATIONS_RETRY_ATTEMPTS_MAX=3"});
  CHECK(settings.channel == "none");
  CHECK(settings.folder == "/var/mail/of");
  CHECK(settings.sender.name == "Café");
  CHECK(settings.sender.address == "a@b.example");
  CHECK(settings.sender.message_id_domain == "b.example");
  CHECK(settings.deadline == 1500ms);
  CHECK(settings.retry.attempts_max == 3);
}

TEST_CASE("a sender that no mail could carry stops the start") {
  CHECK(complaint({"ORDERFLOW_NOTIFICATIONS_FROM_ADDRESS=Ann <a@b>"})
            .find("notifications.from.address") != std::string::npos);
  CHECK(complaint({"ORDERFLOW_NOTIFICATIONS_MESSAGE_ID_DOMAIN=a b"})
            .find("notifications.messageIdDomain") != std::string::npos);
  CHECK(complaint({"ORDERFLOW_NOTIFICATIONS_CHANNEL=smoke"}) != "");
  CHECK(complaint({"ORDERFLOW_NOTIFICATIONS_FROM_NAME=a\nb"}) != "");
}

TEST_CASE("a mail server needs no more than its host") {
  const Settings settings = settings_of({"ORDERFLOW_NOTIFICATIONS_CHANNEL=smtp",
                                         "ORDERFLOW_NOTIFICATIONS_SMTP_HOST=mail.example.com"});
  CHECK(settings.smtp.server.host == "mail.example.com");
  CHECK(settings.smtp.server.port == 587);
  CHECK(settings.smtp.server.security == outbound::MailServer::Security::starttls);
  CHECK(settings.smtp.server.timeout == 25s);
  CHECK(settings.smtp.connect_timeout == 10s);
  CHECK(settings.smtp.connections_max == 8);
}

TEST_CASE("each setting of a mail server has its variable") {
  const Settings settings = settings_of(
      {"ORDERFLOW_NOTIFICATIONS_CHANNEL=smtp", "ORDERFLOW_NOTIFICATIONS_SMTP_HOST=::1",
       "ORDERFLOW_NOTIFICATIONS_SMTP_PORT=25", "ORDERFLOW_NOTIFICATIONS_SMTP_SECURITY=none",
       "ORDERFLOW_NOTIFICATIONS_SMTP_USERNAME=u", "ORDERFLOW_NOTIFICATIONS_SMTP_PASSWORD=p",
       "ORDERFLOW_NOTIFICATIONS_SMTP_EHLO_NAME=shop.example",
       "ORDERFLOW_NOTIFICATIONS_SMTP_CONNECT_TIMEOUT_MS=500",
       "ORDERFLOW_NOTIFICATIONS_SMTP_TIMEOUT_MS=1500",
       "ORDERFLOW_NOTIFICATIONS_SMTP_MAX_CONNECTIONS=2"});
  CHECK(settings.smtp.server.host == "::1");
  CHECK(settings.smtp.server.port == 25);
  CHECK(settings.smtp.server.security == outbound::MailServer::Security::none);
  CHECK(settings.smtp.server.username == "u");
  CHECK(settings.smtp.server.password == "p");
  CHECK(settings.smtp.server.ehlo_name == "shop.example");
  CHECK(settings.smtp.server.timeout == 1500ms);
  CHECK(settings.smtp.connect_timeout == 500ms);
  CHECK(settings.smtp.connections_max == 2);
}

TEST_CASE("a mail server that could not be used stops the start") {
  const auto check_contains = [](const std::string& text, const std::string& words) {
    CAPTURE(text);
    CHECK(text.find("notifications.smtp." + words) != std::string::npos);
  };
  CHECK(smtp_complaint({}).empty());
  check_contains(complaint({"ORDERFLOW_NOTIFICATIONS_CHANNEL=smtp"}), "host: is needed");
  check_contains(smtp_complaint({"ORDERFLOW_NOTIFICATIONS_SMTP_HOST=mail.example.com/x"}),
                 "host: ");
  check_contains(smtp_complaint({"ORDERFLOW_NOTIFICATIONS_SMTP_HOST=u@mail.example.com"}),
                 "host: ");
  check_contains(smtp_complaint({"ORDERFLOW_NOTIFICATIONS_SMTP_EHLO_NAME=a b"}), "ehloName: ");
  check_contains(smtp_complaint({"ORDERFLOW_NOTIFICATIONS_SMTP_SECURITY=none"}), "security: ");
  check_contains(smtp_complaint({"ORDERFLOW_NOTIFICATIONS_SMTP_SECURITY=ssl"}), "security: ");
  check_contains(smtp_complaint({"ORDERFLOW_NOTIFICATIONS_SMTP_USERNAME=u"}),
                 "password: is needed");
  check_contains(smtp_complaint({"ORDERFLOW_NOTIFICATIONS_SMTP_PASSWORD=p"}),
                 "username: is needed");
  check_contains(smtp_complaint({"ORDERFLOW_NOTIFICATIONS_SMTP_TIMEOUT_MS=60000"}), "timeoutMs: ");
  check_contains(smtp_complaint({"ORDERFLOW_NOTIFICATIONS_SMTP_CA_FILE=/dev/null"}),
                 "caFile: \"/dev/null\" holds no certificate");
  // Nothing is asked for that is not used.
  CHECK(complaint({"ORDERFLOW_NOTIFICATIONS_SMTP_USERNAME=u"}).empty());
}

TEST_CASE("a setting that cannot be part of a link to unsubscribe stops the start") {
  CHECK(settings_of({"ORDERFLOW_NOTIFICATIONS_UNSUBSCRIBE_URL=https://a.example/shop//"})
            .unsubscribe_url == "https://a.example/shop");
  for (const char* url : {"a.example", "ftp://a.example", "https://", "https://a/?x=1",
                          "https://a/<b>", "https://a b"}) {
    CAPTURE(url);
    CHECK(complaint({std::string("ORDERFLOW_NOTIFICATIONS_UNSUBSCRIBE_URL=") + url})
              .find("notifications.unsubscribeUrl") != std::string::npos);
  }
  for (const char* address : {"nobody", "a@b?bcc=c@d", "a b@c"}) {
    CAPTURE(address);
    CHECK(complaint({std::string("ORDERFLOW_NOTIFICATIONS_UNSUBSCRIBE_MAILTO=") + address})
              .find("notifications.unsubscribeMailto") != std::string::npos);
  }
  CHECK(complaint({"ORDERFLOW_NOTIFICATIONS_DEFAULT_LANGUAGE=english"})
            .find("notifications.defaultLanguage") != std::string::npos);
}

}  // namespace orderflow::notifications
