#pragma once

#include "config/document.hpp"
#include "events/retention.hpp"
#include "http/server.hpp"
#include "rabbitmq/settings.hpp"
#include "storage/writer.hpp"
#include "telemetry/log.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace orderflow::app {

/// The settings of a node that belong to no module.
struct Settings {
  std::string node_name;
  std::filesystem::path data_folder;
  std::vector<std::string> modules;  ///< those to host
  std::chrono::milliseconds drain_limit;
  http::ServerOptions http;
  storage::WriterOptions writer;
  std::size_t backups_kept;  ///< the newest; older ones are removed
  events::RetentionOptions retention;
  std::int64_t backlog_max;
  rabbitmq::Settings rabbitmq;
  std::string log_level;
  telemetry::LogFormat log_format;
};

/// Reads the sections `node`, `http`, `storage`, `backup`, `events`, `log` and `rabbitmq`.
/// `module_names` are the modules there are.
Settings read_settings(config::Document& document, const std::vector<std::string>& module_names);

/// Reads the section `http` alone.
http::ServerOptions read_http(const config::Section& section);

/// Throws `std::runtime_error` where the address is not a loopback one: without API keys nobody
/// else may reach the node.
void require_loopback(const std::string& address);

}  // namespace orderflow::app
