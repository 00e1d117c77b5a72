#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace orderflow::telemetry {

/// The levels of a log, the most talkative first.
const std::vector<std::string>& log_level_names();

/// The components with a logger of their own: the parts of the core, and the modules.
std::vector<std::string> log_components(const std::vector<std::string>& module_names);

/// Levels of single components, and of all others.
struct LogLevelSettings {
  std::string level = "info";
  std::map<std::string, std::string> by_component = {};
};

/// A change of some levels; nothing: back to the settings.
struct LogLevelChange {
  std::optional<std::optional<std::string>> level = {};  ///< of all without a level of their own
  std::map<std::string, std::optional<std::string>> by_component = {};
};

/// The levels in force: those of the settings, until somebody changes them while the node runs. A
/// restart goes back to the settings. Safe from any thread.
class LogLevels {
 public:
  /// Puts the settings in force, whose names are known and whose levels exist.
  LogLevels(LogLevelSettings settings, std::vector<std::string> components);

  /// Every component there is.
  const std::vector<std::string>& components() const noexcept { return components_; }

  /// Those in force.
  LogLevelSettings current() const;

  /// Puts a change in force, whose names are known and whose levels exist.
  void change(const LogLevelChange& change);

 private:
  void apply() const;

  const LogLevelSettings settings_;
  const std::vector<std::string> components_;
  mutable std::mutex mutex_;
  LogLevelSettings current_;
};

}  // namespace orderflow::telemetry
