#include "settings.hpp"

#include "config/problem.hpp"
#include "mail_address.hpp"

#include <chrono>
#include <utility>
#include <vector>

namespace orderflow::notifications {
namespace {

using namespace std::chrono_literals;

Sender read_sender(const config::Section& notifications, std::vector<config::Problem>& problems) {
  const auto from = notifications.section("from");
  Sender sender{.name = from.text("name", "Orderflow", {.max_length = 100}),
                .address = from.text("address", "orders@orderflow.local"),
                .message_id_domain = notifications.text("messageIdDomain", "orderflow.local")};
  if (!is_mail_address(sender.address)) {
    problems.push_back(
        {"settings", "notifications.from.address",
         config::shown(sender.address) + " is not an e-mail address, such as orders@example.com"});
  }
  if (!is_mail_address("id@" + sender.message_id_domain)) {
    problems.push_back(
        {"settings", "notifications.messageIdDomain",
         config::shown(sender.message_id_domain) + " is not a domain, such as example.com"});
  }
  return sender;
}

events::RetryPolicy read_retry(const config::Section& retry) {
  return {.first_delay = retry.milliseconds("firstDelayMs", 1s, 1ms, 1h),
          .factor = retry.number("factor", 2.0, 1.0, 10.0),
          .delay_max = retry.milliseconds("delayMaxMs", 5min, 1ms, 24h),
          .attempts_max = static_cast<int>(retry.integer("attemptsMax", 12, 1, 100))};
}

}  // namespace

Settings read_settings(const config::Section& notifications) {
  std::vector<config::Problem> problems;
  Settings settings{.channel = notifications.choice("channel", "file", {"file", "none"}),
                    .folder = notifications.section("file").text("folder", ""),
                    .sender = read_sender(notifications, problems),
                    .deadline = notifications.milliseconds("deadlineMs", 30s, 100ms, 10min),
                    .retry = read_retry(notifications.section("retry"))};
  if (!problems.empty()) throw config::Invalid(std::move(problems));
  return settings;
}

}  // namespace orderflow::notifications
