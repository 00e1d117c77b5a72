#pragma once

#include "config/document.hpp"
#include "host/module.hpp"
#include "settings.hpp"

#include <memory>
#include <string>
#include <vector>

namespace orderflow::app {

/// Where settings are read where no file is named, if it exists.
inline constexpr const char* default_settings_file = "config/orderflow.json";

/// Reads the settings of every part, lets the modules read theirs, and checks all. `file` may be
/// empty. Throws `config::Invalid` and `std::runtime_error`.
Settings load_settings(const std::string& file, std::vector<config::Override> overrides,
                       const std::vector<std::unique_ptr<host::Module>>& modules);

}  // namespace orderflow::app
