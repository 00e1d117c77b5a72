#pragma once

#include "config/problem.hpp"
#include "config/settings_file.hpp"

#include <set>
#include <string>
#include <vector>

namespace orderflow::config {

/// The names that the program has read or asked for.
struct KnownKeys {
  const std::vector<std::string>& paths;
  const std::set<std::string>& sections;
};

/// One problem for each key of the file that is not known and for each section that is not an
/// object. Keys below an unknown key are not reported.
std::vector<Problem> unknown_keys(const SettingsFile& file, const KnownKeys& known);

/// The problem of an unknown path given at `where`, with the nearest known one: by its whole path,
/// else one that ends in the same name.
Problem unknown_key(const std::string& where, const std::string& path, const KnownKeys& known);

/// The problem of an environment variable of ours that names no setting.
Problem unknown_variable(const std::string& name, const std::vector<std::string>& known_names);

}  // namespace orderflow::config
