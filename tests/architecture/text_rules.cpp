// The rules about what stands in a file and what it is called.
#include "rules.hpp"

#include <algorithm>
#include <cstddef>
#include <regex>
#include <set>
#include <string>
#include <string_view>

namespace orderflow::architecture {
namespace {

std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words(1);
  for (const char c : name) {
    if (c == '_' || c == '-' || c == '.') {
      words.emplace_back();
    } else {
      words.back() += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  return words;
}

/// True for a line on which a C library is given something to call: by a function that takes it, or
/// as a member of a table of functions.
bool takes_callback(std::string_view line) {
  static const std::regex given(
      "CURLOPT_[A-Z]+FUNCTION,"
      "|sqlite3_(set_authorizer|[a-z]+_hook|create_function|busy_handler|progress_handler|trace_v2)"
      "\\("
      "|SSL_CTX_set_([a-z_]+_cb|verify)\\("
      "|[a-z_]+\\.x[A-Z][A-Za-z]* = ");
  return std::regex_search(line.begin(), line.end(), given);
}

/// True where it is taken back.
bool ends_callbacks(std::string_view statement) noexcept {
  return statement.find("nullptr, nullptr)") != std::string_view::npos;
}

}  // namespace

Violations check_names(const SourceTree& tree) {
  const std::set<std::string> meaningless{"util",    "utils",   "common",   "helper",
                                          "helpers", "manager", "managers", "misc"};
  Violations violations;
  for (const std::string& path : tree.paths) {
    for (const std::string& word : words_of(path.substr(path.rfind('/') + 1))) {
      if (!meaningless.contains(word)) continue;
      violations.push_back(path + ": \"" + word + "\" means nothing in a name");
    }
  }
  return violations;
}

Violations check_callbacks(const SourceTree& tree) {
  Violations violations;
  for (const SourceFile& file : tree.files) {
    if (!is_product(file)) continue;
    for (std::size_t begin = 0; begin < file.text.size();) {
      const std::size_t line_end = std::min(file.text.find('\n', begin), file.text.size());
      const std::string_view line(file.text.data() + begin, line_end - begin);
      const std::string_view behind = std::string_view(file.text).substr(begin);
      const std::string_view statement = behind.substr(0, behind.find(';'));
      const bool hands_over = takes_callback(line) && !ends_callbacks(statement);
      if (hands_over && statement.find("never_throws(") == std::string_view::npos) {
        const auto number = std::count(
            file.text.begin(), file.text.begin() + static_cast<std::ptrdiff_t>(begin), '\n');
        violations.push_back(file.path + ':' + std::to_string(number + 1) +
                             ": what a C library calls back goes through core::never_throws");
      }
      begin = line_end + 1;
    }
  }
  return violations;
}

}  // namespace orderflow::architecture
