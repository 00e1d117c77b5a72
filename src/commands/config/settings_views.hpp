#pragma once

#include "config/document.hpp"
#include "host/module.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace orderflow::commands {

/// Where a node listens, by its settings.
struct Listening {
  std::string address;
  std::uint16_t port = 0;
  bool tls = false;
  bool plain_beyond_loopback = false;  ///< see `Settings`
};

/// Reads only where the node listens; other errors in the settings are ignored. Throws
/// `config::Invalid` and `std::runtime_error`.
Listening read_listening(config::Sources sources);

/// The URL by which this machine reaches it. Throws `std::runtime_error` where the port is chosen
/// only when the node starts.
std::string reachable_url(const Listening& listening);

/// Every setting as `config::Document::effective` lists it. Throws what `load_settings` throws.
nlohmann::ordered_json effective_settings(
    const std::string& file, std::vector<config::Override> overrides,
    const std::vector<std::unique_ptr<host::Module>>& modules);

/// A JSON Schema of the settings file.
nlohmann::ordered_json settings_schema(const std::vector<std::unique_ptr<host::Module>>& modules);

}  // namespace orderflow::commands
