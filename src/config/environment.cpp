#include "config/environment.hpp"

#include <unistd.h>

// POSIX leaves the declaration to its users.
extern char** environ;

namespace orderflow::config {
namespace {

// Not <cctype>: names must not depend on the process's locale.
bool is_upper(char c) noexcept {
  return c >= 'A' && c <= 'Z';
}
bool is_lower(char c) noexcept {
  return c >= 'a' && c <= 'z';
}
bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

}  // namespace

std::string environment_name(std::string_view path) {
  std::string name{environment_prefix};
  char before = '.';
  for (const char c : path) {
    if (is_upper(c) && (is_lower(before) || is_digit(before))) name += '_';
    if (is_lower(c)) {
      name += static_cast<char>(c - 'a' + 'A');
    } else {
      name += is_upper(c) || is_digit(c) ? c : '_';
    }
    before = c;
  }
  return name;
}

std::map<std::string, std::string> variables(const std::vector<std::string>& environment) {
  std::map<std::string, std::string> found;
  for (const std::string& line : environment) {
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos) continue;
    found.emplace(line.substr(0, equals), line.substr(equals + 1));
  }
  return found;
}

std::vector<std::string> process_environment() {
  std::vector<std::string> lines;
  for (char** line = environ; line != nullptr && *line != nullptr; ++line)
    lines.emplace_back(*line);
  return lines;
}

}  // namespace orderflow::config
