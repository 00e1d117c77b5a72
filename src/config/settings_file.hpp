#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace orderflow::config {

/// A settings file that was read: its JSON and the position of each key in the text.
struct SettingsFile {
  std::string name;                              ///< as it is shown to people
  nlohmann::json value;                          ///< always an object
  std::map<std::string, std::string> locations;  ///< a key's path to `line:column`, both from 1

  /// `name:line:column` of the key at `path`; the name alone where the place is not known.
  std::string where(const std::string& path) const;
};

/// Reads JSON with `//` and `/* */` comments. The text must be one object of at most 32 levels in
/// which no key occurs twice. Throws `Invalid` with the place and, in plain words, what was
/// expected.
SettingsFile parse_settings(std::string_view text, std::string name);

/// The same from a file of at most 1 MiB. Throws `Invalid` also where it cannot be read.
SettingsFile read_settings(const std::filesystem::path& path);

}  // namespace orderflow::config
