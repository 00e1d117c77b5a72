#include "settings.hpp"

#include "composing/language.hpp"
#include "config/problem.hpp"
#include "mail/mail_address.hpp"

#include <algorithm>
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

MailBound read_mail_bound(const config::Section& file) {
  return {.letters_max = static_cast<std::size_t>(file.integer("maxFiles", 100'000, 0, 10'000'000)),
          .age_max = std::chrono::hours(24 * file.integer("keepDays", 30, 0, 36'500))};
}

events::RetryPolicy read_retry(const config::Section& retry) {
  return {.first_delay = retry.milliseconds("firstDelayMs", 1s, 1ms, 1h),
          .factor = retry.number("factor", 2.0, 1.0, 10.0),
          .delay_max = retry.milliseconds("delayMaxMs", 5min, 1ms, 24h),
          .attempts_max = static_cast<int>(retry.integer("attemptsMax", 12, 1, 100))};
}

std::string read_unsubscribe_url(const config::Section& notifications,
                                 std::vector<config::Problem>& problems) {
  std::string url = notifications.text("unsubscribeUrl", "", {.max_length = 512});
  const bool is_web = url.starts_with("https://") || url.starts_with("http://");
  const bool is_plain = std::ranges::all_of(url, [](char c) {
    return c > ' ' && c < 0x7f && c != '<' && c != '>' && c != '?' && c != '#';
  });
  if (!url.empty() && (!is_web || !is_plain || url.ends_with("://"))) {
    problems.push_back({"settings", "notifications.unsubscribeUrl",
                        config::shown(url) + " is not the base of a URL, such as "
                                             "https://shop.example.com"});
  }
  while (url.ends_with('/'))
    url.pop_back();
  return url;
}

std::string read_unsubscribe_address(const config::Section& notifications,
                                     std::vector<config::Problem>& problems) {
  std::string address = notifications.text("unsubscribeMailto", "");
  // The characters that would have to be encoded in a URL, where they would mean something else.
  const bool is_plain = address.find_first_of("?&%#/") == std::string::npos;
  if (!address.empty() && (!is_mail_address(address) || !is_plain)) {
    problems.push_back(
        {"settings", "notifications.unsubscribeMailto",
         config::shown(address) + " is not an e-mail address, such as unsubscribe@example.com"});
  }
  return address;
}

std::string read_default_language(const config::Section& notifications,
                                  std::vector<config::Problem>& problems) {
  std::string language = notifications.text("defaultLanguage", "en");
  if (!is_language(language)) {
    problems.push_back({"settings", "notifications.defaultLanguage",
                        config::shown(language) + " is not a language, such as de or pt-BR"});
  }
  return language;
}

}  // namespace

Settings read_settings(const config::Section& notifications) {
  std::vector<config::Problem> problems;
  const std::string channel = notifications.choice("channel", "file", {"file", "smtp", "none"});
  const auto file = notifications.section("file");
  const core::Duration deadline = notifications.milliseconds("deadlineMs", 30s, 100ms, 10min);
  Settings settings{.channel = channel,
                    .folder = file.text("folder", ""),
                    .mail_bound = read_mail_bound(file),
                    .smtp = read_smtp_settings(notifications.section("smtp"), channel == "smtp",
                                               deadline, problems),
                    .sender = read_sender(notifications, problems),
                    .templates = notifications.text("templates", ""),
                    .default_language = read_default_language(notifications, problems),
                    .unsubscribe_url = read_unsubscribe_url(notifications, problems),
                    .unsubscribe_address = read_unsubscribe_address(notifications, problems),
                    .deadline = deadline,
                    .retry = read_retry(notifications.section("retry"))};
  if (!problems.empty()) throw config::Invalid(std::move(problems));
  return settings;
}

}  // namespace orderflow::notifications
