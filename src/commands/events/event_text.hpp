#pragma once

#include "cli/terminal/terminal.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace orderflow::commands {

/// Events as CloudEvents documents, in a table.
std::string event_table(const nlohmann::json& events, const cli::Terminal& terminal);

/// One event on one line, for a stream of them; on a terminal it fits the width.
std::string event_line(const nlohmann::json& event, const cli::Terminal& terminal);

}  // namespace orderflow::commands
