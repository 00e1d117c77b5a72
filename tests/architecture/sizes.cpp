#include "sizes.hpp"

#include "function_sizes.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace orderflow::architecture {
namespace {

std::string folder_of(std::string_view path) {
  return std::string(path.substr(0, path.rfind('/')));
}

std::size_t lines_of(const SourceFile& file) {
  return static_cast<std::size_t>(std::count(file.text.begin(), file.text.end(), '\n'));
}

/// What is larger than it should be, with what is wrong.
std::map<std::string, std::string> too_large(const SourceTree& tree) {
  std::map<std::string, std::string> found;
  std::map<std::string, std::size_t> sources;
  for (const SourceFile& file : tree.files) {
    ++sources[folder_of(file.path)];
    if (const std::size_t lines = lines_of(file); lines > lines_max)
      found[file.path] = std::to_string(lines) + " lines, of " + std::to_string(lines_max);
    for (const FunctionSize& function : functions_of(file.text)) {
      if (function.lines > body_lines_max)
        found[file.path + ' ' + function.name] =
            std::to_string(function.lines) + " lines, of " + std::to_string(body_lines_max);
    }
  }
  for (const auto& [folder, count] : sources) {
    if (count > sources_max)
      found[folder] = std::to_string(count) + " sources, of " + std::to_string(sources_max);
  }
  return found;
}

}  // namespace

LargerOnes larger_ones_of(std::string_view text) {
  LargerOnes listed;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.empty() || line.starts_with('#')) continue;
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos || colon + 2 == line.size()) {
      throw std::runtime_error("without a reason: " + std::string(line));
    }
    listed.emplace(line.substr(0, colon), line.substr(colon + 2));
  }
  return listed;
}

Violations check_sizes(const SourceTree& tree, const LargerOnes& listed) {
  const auto found = too_large(tree);
  Violations violations;
  for (const auto& [path, what] : found) {
    if (!listed.contains(path)) violations.push_back(path + ": " + what);
  }
  for (const auto& [path, reason] : listed) {
    if (!found.contains(path)) violations.push_back(path + ": is listed, and no longer larger");
  }
  return violations;
}

}  // namespace orderflow::architecture
