#pragma once

#include "config/document.hpp"
#include "host/module.hpp"
#include "settings.hpp"

#include <memory>
#include <string>
#include <vector>

namespace orderflow::app {

/// Used where no other file is named and it exists.
inline constexpr const char* default_settings_file = "config/orderflow.json";

/// The settings of a process: from `file` (empty: the default one), the environment and the flags,
/// which win. Configures the modules. Throws `config::Invalid` with all that is wrong.
Settings load_settings(const std::string& file, const std::vector<config::Override>& flags,
                       const std::vector<std::unique_ptr<host::Module>>& modules);

}  // namespace orderflow::app
