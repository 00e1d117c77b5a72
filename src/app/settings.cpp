#include "app/settings.hpp"

#include "app/modules.hpp"

#include <boost/asio/ip/address.hpp>

#include <stdexcept>
#include <utility>

namespace orderflow::app {
namespace {

using namespace std::chrono_literals;

}  // namespace

http::ServerOptions read_http(const config::Section& section) {
  http::ServerOptions options;
  options.address = section.text("host", "127.0.0.1", {.min_length = 2, .max_length = 64});
  options.port = static_cast<std::uint16_t>(section.integer("port", 8080, 0, 65535));
  options.threads = static_cast<unsigned>(section.integer("threads", 2, 1, 64));
  options.connections_max =
      static_cast<std::size_t>(section.integer("maxConnections", 1024, 1, 100'000));
  options.body_bytes_max =
      static_cast<std::size_t>(section.integer("maxBodyBytes", 1 << 20, 1024, 64 << 20));
  options.bodies_bytes_max =
      static_cast<std::size_t>(section.integer("maxBodiesBytes", 64 << 20, 1 << 20, 1 << 30));
  options.header_bytes_max =
      static_cast<std::size_t>(section.integer("maxHeaderBytes", 16 << 10, 1024, 60 << 10));
  options.header_timeout = section.milliseconds("headerTimeoutMs", 10s, 10ms, 10min);
  options.body_timeout = section.milliseconds("bodyTimeoutMs", 30s, 10ms, 10min);
  options.write_timeout = section.milliseconds("writeTimeoutMs", 30s, 10ms, 10min);
  options.idle_timeout = section.milliseconds("idleTimeoutMs", 60s, 10ms, 1h);
  options.allowed_hosts = section.texts("allowedHosts", {});
  options.connections_per_address_max =
      static_cast<std::size_t>(section.integer("maxConnectionsPerAddress", 0, 0, 100'000));
  const auto rate = section.section("rateLimit");
  options.rate_limit.per_second =
      static_cast<std::uint32_t>(rate.integer("perSecond", 0, 0, 1'000'000));
  options.rate_limit.burst = static_cast<std::uint32_t>(rate.integer("burst", 100, 1, 1'000'000));
  return options;
}

std::optional<http::TlsCertificate::Files> read_tls(const config::Section& section) {
  const std::string certificate = section.text("certificateFile", "", {.max_length = 4096});
  const std::string key = section.text("keyFile", "", {.max_length = 4096});
  if (certificate.empty() != key.empty()) {
    throw std::runtime_error(
        "http.tls: certificateFile and keyFile are given both, or neither for HTTP without TLS");
  }
  if (certificate.empty()) return std::nullopt;
  return http::TlsCertificate::Files{.certificate = certificate, .key = key};
}

bool read_plain_beyond_loopback(const config::Section& http) {
  return http.boolean("plainBeyondLoopback", false);
}

namespace {

std::optional<std::chrono::milliseconds> read_lame_duck(const config::Section& http) {
  const auto given = http.milliseconds("lameDuckMs", -1ms, -1ms, 10min);
  return given < 0ms ? std::nullopt : std::optional(given);
}

storage::WriterOptions read_storage(const config::Section& section) {
  storage::WriterOptions options;
  options.waiting_max =
      static_cast<std::size_t>(section.integer("maxWaitingWrites", 4096, 1, 1'000'000));
  options.batch_max = static_cast<std::size_t>(section.integer("maxBatch", 256, 1, 10'000));
  options.scan_interval = section.milliseconds("scanIntervalMs", 5s, 100ms, 10min);
  options.log_bytes_max =
      static_cast<std::uint64_t>(section.integer("maxLogMiB", 4096, 64, 1'048'576)) << 20;
  return options;
}

telemetry::LogLevelSettings read_log_levels(const config::Section& section,
                                            const std::vector<std::string>& components) {
  constexpr const char* as_all_others = "default";
  telemetry::LogLevelSettings settings{
      .level = section.choice("level", "info", telemetry::log_level_names())};
  std::vector<std::string> allowed = telemetry::log_level_names();
  allowed.insert(allowed.begin(), as_all_others);
  const auto levels = section.section("levels");
  for (const std::string& component : components) {
    std::string level = levels.choice(component, as_all_others, allowed);
    if (level != as_all_others) settings.by_component.emplace(component, std::move(level));
  }
  return settings;
}

}  // namespace

Settings read_settings(config::Document& document, const std::vector<std::string>& module_names) {
  const auto node = document.section("node");
  const auto log = document.section("log");
  const auto flow = document.section("events");
  Settings settings;
  settings.node_name = node.text("name", "", {.max_length = 64});
  settings.data_folder = node.text("data", "data", {.min_length = 1, .max_length = 4096});
  settings.data_rule.group_may_write = node.boolean("groupWritableData", false);
  settings.modules = with_implied(
      node.texts("modules", module_names,
                 {.min_count = 1,
                  .max_count = module_names.size(),
                  .each = {.min_length = 1, .max_length = 64, .allowed = module_names}}));
  settings.drain_limit = node.milliseconds("drainLimitMs", 10s, 0ms, 10min);
  settings.http = read_http(document.section("http"));
  settings.lame_duck = read_lame_duck(document.section("http"));
  settings.tls = read_tls(document.section("http.tls"));
  settings.plain_beyond_loopback = read_plain_beyond_loopback(document.section("http"));
  settings.writer = read_storage(document.section("storage"));
  settings.backups_kept =
      static_cast<std::size_t>(document.section("backup").integer("keep", 7, 1, 1000));
  settings.retention.keep = std::chrono::hours(flow.integer("keepHours", 0, 0, 876'000));
  settings.backlog_max = flow.integer("maxBacklog", 1'000'000, 1'000, 1'000'000'000);
  settings.rabbitmq = rabbitmq::read_settings(document.section("rabbitmq"), module_names);
  settings.log_components = telemetry::log_components(module_names);
  settings.log_levels = read_log_levels(log, settings.log_components);
  settings.log_format = log.choice("format", "text", {"text", "json"}) == "json"
                            ? telemetry::LogFormat::json
                            : telemetry::LogFormat::text;
  settings.traces = read_trace_settings(document.section("traces"));
  return settings;
}

void require_tls_for_others(const Settings& settings) {
  if (exposure_of(settings.http.address) == access::Exposure::loopback) return;
  if (settings.tls || settings.plain_beyond_loopback) return;
  throw std::runtime_error(
      "http.host: " + settings.http.address +
      " can be reached by others, and without http.tls keys and orders would cross the network in"
      " the clear. Give a certificate as http.tls, or, where a proxy or the network itself"
      " encrypts, set http.plainBeyondLoopback to true");
}

std::chrono::milliseconds lame_duck_of(const Settings& settings) {
  const bool is_alone = exposure_of(settings.http.address) == access::Exposure::loopback;
  return settings.lame_duck.value_or(is_alone ? 0ms : 3s);
}

access::Exposure exposure_of(const std::string& address) {
  boost::system::error_code bad;
  const auto parsed = boost::asio::ip::make_address(address, bad);
  if (bad) {
    throw std::runtime_error("http.host: \"" + address +
                             "\" is not an IP address, such as 127.0.0.1 or ::1");
  }
  return parsed.is_loopback() ? access::Exposure::loopback : access::Exposure::network;
}

}  // namespace orderflow::app
