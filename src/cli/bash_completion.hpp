#pragma once

#include "cli/command_page.hpp"

#include <string>
#include <vector>

namespace orderflow::cli {

/// A script for bash that completes commands, flags, and values where they are known or are paths.
/// Needs nothing but bash 4.
std::string bash_completion(const std::vector<CommandPage>& pages);

}  // namespace orderflow::cli
