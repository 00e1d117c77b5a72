#include "rabbitmq/settings.hpp"

#include "config/problem.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::rabbitmq {
namespace {

using namespace std::chrono_literals;
using Problems = std::vector<config::Problem>;

constexpr std::size_t brokers_max = 16;

// A name on the broker has at most 255 bytes, and node names and ".dead" are appended to a queue's.
constexpr config::TextRule name_rule{.min_length = 1, .max_length = 128};

std::string upper_case(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

std::size_t size(const config::Section& section, std::string_view key, std::int64_t default_value,
                 std::int64_t min, std::int64_t max) {
  return static_cast<std::size_t>(section.integer(key, default_value, min, max));
}

std::vector<Address> read_brokers(const config::Section& section, Problems& problems) {
  section.also_named("uri", "RABBIT_MQ_URI");
  const auto given = section.texts_with_secret(
      "uri",
      {.mask = without_password,
       .belongs = "in the environment, as RABBIT_MQ_URI or, the password alone, as "
                  "ORDERFLOW_RABBITMQ_PASSWORD, or in the file that rabbitmq.passwordFile names"},
      {.max_count = brokers_max, .each = {.max_length = 2048}});
  const auto password = section.secret("password");
  std::vector<Address> brokers;
  for (const std::string& text : given) {
    for (const std::string& uri : listed_uris(text)) {
      try {
        Address& address = brokers.emplace_back(parse_address(uri));
        if (password) address.password = password;
      } catch (const InvalidAddress& e) {
        problems.push_back(
            {"settings", "rabbitmq.uri",
             config::shown(without_password(uri).value_or(uri)) +
                 " does not name a broker, as amqp://host:5672/vhost does: " + e.what()});
      }
    }
  }
  const auto is_elsewhere = [&](const Address& one) { return one.vhost != brokers[0].vhost; };
  if (std::ranges::any_of(brokers, is_elsewhere)) {
    problems.push_back({"settings", "rabbitmq.uri",
                        "names several virtual hosts; the brokers must be those of one cluster"});
  }
  if (brokers.size() > brokers_max) {
    problems.push_back({"settings", "rabbitmq.uri",
                        "names " + std::to_string(brokers.size()) + " brokers, and at most " +
                            std::to_string(brokers_max) + " are allowed"});
  }
  return brokers;
}

std::string read_name(const config::Section& section, std::string_view key,
                      std::string_view default_value, const std::string& path, Problems& problems) {
  std::string name = section.text(key, default_value, name_rule);
  if (name.starts_with("amq.")) {
    problems.push_back({"settings", path + std::string(key),
                        config::shown(name) + ": names that begin with amq. are the broker's own"});
  }
  return name;
}

/// What is appended to a queue's name follows a dot, so that no other queue's name may begin so.
void refuse_entangled(const Settings& settings, Problems& problems) {
  for (const auto& [module, name] : settings.queues) {
    for (const auto& [other, other_name] : settings.queues) {
      if (module == other || (other_name != name && !other_name.starts_with(name + "."))) continue;
      if (other_name == name && other < module) continue;
      problems.push_back({"settings", "rabbitmq.queues." + other,
                          config::shown(other_name) + " clashes with the queue " +
                              config::shown(name) + " of " + module +
                              "; each module needs a queue of its own"});
    }
  }
  if (settings.exchange == settings.dead_exchange) {
    problems.push_back({"settings", "rabbitmq.deadExchange",
                        config::shown(settings.dead_exchange) +
                            " is the exchange of the events too; it must be another"});
  }
}

TlsOptions read_tls(const config::Section& section, Problems& problems) {
  const config::TextRule path{.max_length = 4096};
  TlsOptions tls{.ca_file = section.text("caFile", "", path),
                 .certificate_file = section.text("certificateFile", "", path),
                 .key_file = section.text("keyFile", "", path),
                 .verify_host = section.boolean("verifyHost", true)};
  if (tls.certificate_file.empty() != tls.key_file.empty()) {
    problems.push_back(
        {"settings", tls.key_file.empty() ? "rabbitmq.tls.keyFile" : "rabbitmq.tls.certificateFile",
         "a certificate and its key are given together or not at all"});
  }
  return tls;
}

void read_names(const config::Section& section, const std::vector<std::string>& modules,
                Settings& settings, Problems& problems) {
  settings.exchange = read_name(section, "exchange", "orderflow.events", "rabbitmq.", problems);
  settings.dead_exchange =
      read_name(section, "deadExchange", "orderflow.dead", "rabbitmq.", problems);
  const auto queues = section.section("queues");
  for (const std::string& module : modules) {
    queues.also_named(module, "RABBIT_MQ_" + upper_case(module) + "_QUEUE");
    settings.queues.emplace(
        module, read_name(queues, module, "orderflow." + module, "rabbitmq.queues.", problems));
  }
  refuse_entangled(settings, problems);
}

void read_times(const config::Section& section, Settings& settings, Problems& problems) {
  settings.heartbeat = std::chrono::seconds(section.integer("heartbeatSeconds", 20, 5, 300));
  settings.connect_timeout = section.milliseconds("connectTimeoutMs", 10s, 100ms, 5min);
  settings.stuck_timeout = section.milliseconds("stuckTimeoutMs", 30s, 1s, 10min);
  const auto reconnect = section.section("reconnect");
  settings.reconnect_first_delay = reconnect.milliseconds("firstDelayMs", 200ms, 10ms, 1min);
  settings.reconnect_delay_max = reconnect.milliseconds("delayMaxMs", 30s, 10ms, 10min);
  settings.refused_retry = section.milliseconds("refusedRetryMs", 60s, 100ms, 1h);
  if (settings.reconnect_delay_max < settings.reconnect_first_delay) {
    problems.push_back({"settings", "rabbitmq.reconnect.delayMaxMs",
                        "is " + std::to_string(settings.reconnect_delay_max.count()) +
                            ", which is less than firstDelayMs"});
  }
}

std::optional<std::string> without_one_password(const std::string& uri) {
  const std::size_t at = uri.rfind('@');
  if (at == std::string::npos) return std::nullopt;
  const std::size_t scheme = uri.find("://");
  const std::size_t user = scheme == std::string::npos || scheme > at ? 0 : scheme + 3;
  const std::size_t colon = uri.find(':', user);
  if (colon == std::string::npos || colon > at) return std::nullopt;
  return uri.substr(0, colon + 1) + std::string(config::secret_mask) + uri.substr(at);
}

}  // namespace

std::vector<std::string> listed_uris(std::string_view text) {
  std::vector<std::string> uris;
  const std::string lower = core::lower_case(text);
  const auto begins_uri = [&lower](std::size_t at) {
    at = std::min(lower.find_first_not_of(' ', at), lower.size());
    return lower.compare(at, 7, "amqp://") == 0 || lower.compare(at, 8, "amqps://") == 0;
  };
  for (std::size_t start = 0; start < text.size();) {
    std::size_t end = text.find(',', start);
    while (end != std::string_view::npos && !begins_uri(end + 1))
      end = text.find(',', end + 1);
    const std::string_view uri = text.substr(start, std::min(end, text.size()) - start);
    const std::size_t first = uri.find_first_not_of(' ');
    if (first != std::string_view::npos)
      uris.emplace_back(uri.substr(first, uri.find_last_not_of(' ') + 1 - first));
    start = end == std::string_view::npos ? text.size() : end + 1;
  }
  return uris;
}

std::optional<std::string> without_password(const std::string& uris) {
  bool is_any = false;
  std::string masked;
  for (const std::string& uri : listed_uris(uris)) {
    const auto without = without_one_password(uri);
    is_any = is_any || without.has_value();
    masked += (masked.empty() ? "" : ",") + without.value_or(uri);
  }
  return is_any ? std::optional(masked) : std::nullopt;
}

ConnectionOptions connection_options(const Settings& settings, std::string name,
                                     std::string version) {
  ConnectionOptions options;
  options.address = settings.brokers.at(0);
  options.others.assign(settings.brokers.begin() + 1, settings.brokers.end());
  options.tls = settings.tls;
  options.name = std::move(name);
  options.version = std::move(version);
  options.heartbeat = settings.heartbeat;
  options.connect_timeout = settings.connect_timeout;
  options.stuck_timeout = settings.stuck_timeout;
  return options;
}

Settings read_settings(const config::Section& section, const std::vector<std::string>& modules) {
  Problems problems;
  Settings settings;
  settings.brokers = read_brokers(section, problems);
  read_names(section, modules, settings, problems);
  settings.envelope = section.choice("envelope", "cloudevents", {"cloudevents", "nest"}) == "nest"
                          ? bridge::Envelope::nest
                          : bridge::Envelope::cloudevents;
  settings.acknowledge =
      section.choice("acknowledge", "processed", {"processed", "stored"}) == "stored"
          ? Acknowledge::stored
          : Acknowledge::processed;
  settings.confirm_window = size(section, "confirmWindow", 256, 1, 4096);
  settings.prefetch = size(section, "prefetch", 256, 1, 4096);
  settings.shards = static_cast<unsigned>(section.integer("shards", 1, 1, 64));
  settings.delivery_limit = static_cast<unsigned>(section.integer("deliveryLimit", 50, 1, 10'000));
  settings.message_bytes_max = size(section, "maxMessageBytes", 1 << 20, 1024, 16 << 20);
  read_times(section, settings, problems);
  settings.tls = read_tls(section.section("tls"), problems);
  if (!problems.empty()) throw config::Invalid(std::move(problems));
  return settings;
}

}  // namespace orderflow::rabbitmq
