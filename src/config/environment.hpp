#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::config {

/// What the names of environment variables of ours begin with: one that names no setting is an
/// error.
inline constexpr std::string_view environment_prefix = "ORDERFLOW_";

/// The environment variable that overrides the setting at `path`: dots become underscores,
/// camelCase becomes UPPER_SNAKE. `http.maxBodyBytes` gives `ORDERFLOW_HTTP_MAX_BODY_BYTES`.
std::string environment_name(std::string_view path);

/// The variables of `NAME=value` lines, by name. Where a name occurs twice, the first one counts,
/// as it does for `getenv`.
std::map<std::string, std::string> variables(const std::vector<std::string>& environment);

/// All variables of this process as `NAME=value`. Not safe while another thread changes them.
std::vector<std::string> process_environment();

}  // namespace orderflow::config
