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

std::string complaint(std::string variable) {
  try {
    settings_of({std::move(variable)});
  } catch (const config::Invalid& e) {
    return e.what();
  }
  return {};
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
  CHECK(complaint("ORDERFLOW_NOTIFICATIONS_FROM_ADDRESS=Ann <a@b>")
            .find("notifications.from.address") != std::string::npos);
  CHECK(complaint("ORDERFLOW_NOTIFICATIONS_MESSAGE_ID_DOMAIN=a b")
            .find("notifications.messageIdDomain") != std::string::npos);
  CHECK(complaint("ORDERFLOW_NOTIFICATIONS_CHANNEL=smoke") != "");
  CHECK(complaint("ORDERFLOW_NOTIFICATIONS_FROM_NAME=a\nb") != "");
}

}  // namespace orderflow::notifications
