#include "function_sizes.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace orderflow::architecture {
namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    lines.push_back(text.substr(0, text.find('\n')));
    text.remove_prefix(std::min(lines.back().size() + 1, text.size()));
  }
  return lines;
}

std::size_t depth_of(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

/// The line without what follows `//`, and without blanks at its ends.
std::string_view code_of(std::string_view line) {
  line.remove_prefix(depth_of(line));
  if (line.starts_with("//") || line.starts_with('#')) return {};
  line = line.substr(0, line.find("  //"));
  return line.substr(0, line.find_last_not_of(' ') + 1);
}

std::string_view behind_template(std::string_view head) {
  if (!head.starts_with("template <")) return head;
  int open = 0;
  for (std::size_t i = 0; i < head.size(); ++i) {
    if (head[i] == '<') ++open;
    if (head[i] == '>' && --open == 0) return head.substr(std::min(i + 2, head.size()));
  }
  return head;
}

/// True where functions may stand in what begins so: namespaces and classes.
bool holds_functions(std::string_view head) {
  head = behind_template(head);
  constexpr std::array names = {"namespace ", "inline namespace ", "class ", "struct ", "union "};
  return std::ranges::any_of(names, [&](const char* name) { return head.starts_with(name); }) ||
         head == "extern \"C\" {";
}

/// True where a raw text begins in the line and does not end in it.
bool opens_raw_text(std::string_view line) {
  const std::size_t start = line.find("R\"(");
  return start != std::string_view::npos && line.find(")\"", start) == std::string_view::npos;
}

/// Nothing where what begins so is no function: an enumeration, a table.
std::optional<std::string> name_of(std::string_view head) {
  const std::size_t bracket = head.find('(');
  if (bracket == std::string_view::npos || head.starts_with("enum ")) return std::nullopt;
  if (head.starts_with("TEST_CASE")) {
    const std::size_t quote = head.find('"');
    std::string title(head.substr(quote + 1, head.rfind('"') - quote - 1));
    for (std::size_t seam = 0; (seam = title.find("\" \"")) != std::string::npos;)
      title.erase(seam, 3);
    return title;
  }
  const std::string_view before = behind_template(head.substr(0, bracket));
  return std::string(before.substr(before.find_last_of(" *&") + 1));
}

}  // namespace

std::vector<FunctionSize> functions_of(std::string_view text) {
  const auto lines = lines_of(text);
  std::vector<FunctionSize> functions;
  std::string head;
  std::size_t depth = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string_view code = code_of(lines[i]);
    const bool is_directive = lines[i].starts_with('#');
    while (is_directive && lines[i].ends_with('\\') && i + 1 < lines.size())
      ++i;
    if (opens_raw_text(lines[i])) {
      while (i + 1 < lines.size() && lines[i].find(")\"") == std::string_view::npos)
        ++i;
      head.clear();
      continue;
    }
    if (code.empty()) continue;
    if (head.empty()) depth = depth_of(lines[i]);
    head.append(head.empty() ? "" : " ").append(code);
    if (code.ends_with('{') && !holds_functions(head)) {
      const std::size_t first = i + 1;
      const std::string end = std::string(depth, ' ') + '}';
      while (i + 1 < lines.size() && !lines[++i].starts_with(end)) {
      }
      if (auto name = name_of(head)) functions.push_back({std::move(*name), i - first});
      head.clear();
    } else if (code.ends_with(';') || code.ends_with('{') || code.ends_with('}') ||
               code.ends_with(':')) {
      head.clear();
    }
  }
  return functions;
}

}  // namespace orderflow::architecture
