#pragma once

#include "access/key_ring.hpp"
#include "app/traces.hpp"
#include "config/document.hpp"
#include "events/operations/retention.hpp"
#include "http/server.hpp"
#include "http/tls_certificate.hpp"
#include "rabbitmq/settings.hpp"
#include "storage/folder_rule.hpp"
#include "storage/writer.hpp"
#include "telemetry/log.hpp"
#include "telemetry/log_levels.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace orderflow::app {

/// The settings of a node that belong to no module.
struct Settings {
  std::string node_name;
  std::filesystem::path data_folder;
  storage::FolderRule data_rule;
  std::vector<std::string> modules;  ///< those to host
  bool accept_modules = false;       ///< other ones than before; by a flag of `serve` alone
  std::chrono::milliseconds drain_limit;
  http::ServerOptions http;
  std::optional<http::TlsCertificate::Files> tls;  ///< nothing: HTTP without TLS
  bool plain_beyond_loopback;  ///< others may be served without TLS: something else encrypts
  storage::WriterOptions writer;
  std::size_t backups_kept;  ///< the newest; older ones are removed
  events::RetentionOptions retention;
  std::int64_t backlog_max;
  rabbitmq::Settings rabbitmq;
  telemetry::LogLevelSettings log_levels;
  std::vector<std::string> log_components;
  telemetry::LogFormat log_format;
  std::optional<TraceSettings> traces;  ///< nothing: none
};

/// Reads the sections `node`, `http`, `storage`, `backup`, `events`, `log`, `traces` and
/// `rabbitmq`. `module_names` are the modules there are.
Settings read_settings(config::Document& document, const std::vector<std::string>& module_names);

/// Read from the sections `http` and `http.tls` alone. The second throws `std::runtime_error` where
/// half of what it needs is given.
http::ServerOptions read_http(const config::Section& section);
std::optional<http::TlsCertificate::Files> read_tls(const config::Section& section);

bool read_plain_beyond_loopback(const config::Section& http);

/// Throws `std::runtime_error` where others would reach the node without TLS and the settings do
/// not allow that explicitly, or where `http.host` is no IP address.
void require_tls_for_others(const Settings& settings);

/// Who can reach an address to listen on. Throws `std::runtime_error` where it is no IP address.
access::Exposure exposure_of(const std::string& address);

}  // namespace orderflow::app
