#include "telemetry/log_levels.hpp"

#include "telemetry/log.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::telemetry {

const std::vector<std::string>& log_level_names() {
  static const std::vector<std::string> names{"trace", "debug", "info", "warn", "error", "off"};
  return names;
}

std::vector<std::string> log_components(const std::vector<std::string>& module_names) {
  std::vector<std::string> names{"access",   "app",      "events",  "http",
                                 "outbound", "rabbitmq", "storage", "traces"};
  names.insert(names.end(), module_names.begin(), module_names.end());
  std::ranges::sort(names);
  return names;
}

LogLevels::LogLevels(LogLevelSettings settings, std::vector<std::string> components)
    : settings_(std::move(settings)), components_(std::move(components)), current_(settings_) {
  apply();
}

LogLevelSettings LogLevels::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

void LogLevels::change(const LogLevelChange& change) {
  const std::lock_guard lock(mutex_);
  if (change.level) current_.level = change.level->value_or(settings_.level);
  for (const auto& [component, level] : change.by_component) {
    const auto configured = settings_.by_component.find(component);
    if (level) {
      current_.by_component.insert_or_assign(component, *level);
    } else if (configured != settings_.by_component.end()) {
      current_.by_component.insert_or_assign(component, configured->second);
    } else {
      current_.by_component.erase(component);
    }
  }
  apply();
}

void LogLevels::apply() const {
  telemetry::set_log_level(current_.level);
  for (const std::string& component : components_) {
    const auto own = current_.by_component.find(component);
    telemetry::set_log_level(component, own == current_.by_component.end()
                                            ? std::nullopt
                                            : std::optional<std::string_view>(own->second));
  }
}

}  // namespace orderflow::telemetry
