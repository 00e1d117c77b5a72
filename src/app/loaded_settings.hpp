#pragma once

#include "app/settings.hpp"
#include "config/document.hpp"
#include "host/module.hpp"

#include <memory>
#include <string>
#include <vector>

namespace orderflow::app {

/// The settings file where none is named, if it exists.
inline constexpr const char* default_settings_file = "config/orderflow.json";

/// Variables that commands read and that are no settings: the node that they talk to, the API key
/// that they send, and whether they send it over a network without TLS.
inline constexpr const char* url_variable = "ORDERFLOW_URL";
inline constexpr const char* key_variable = "ORDERFLOW_API_KEY";
inline constexpr const char* plain_variable = "ORDERFLOW_PLAIN_HTTP";

/// Where this process's settings come from. `file` may be empty.
config::Sources settings_sources(const std::string& file, std::vector<config::Override> overrides);

/// Reads the settings of every part, and lets the modules read theirs. `document.check()` reports
/// what is not allowed.
Settings read_all_settings(config::Document& document,
                           const std::vector<std::unique_ptr<host::Module>>& modules);

/// Reads the settings from this process's sources, and checks all. Throws `config::Invalid`
/// and `std::runtime_error`.
Settings load_settings(const std::string& file, std::vector<config::Override> overrides,
                       const std::vector<std::unique_ptr<host::Module>>& modules);

/// The same for a command: throws `cli::WrongUse` where they are not valid.
Settings valid_settings(const std::string& file, std::vector<config::Override> overrides,
                        const std::vector<std::unique_ptr<host::Module>>& modules);

}  // namespace orderflow::app
