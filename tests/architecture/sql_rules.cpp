#include "rules.hpp"

#include <array>
#include <regex>
#include <string>
#include <string_view>

namespace orderflow::architecture {
namespace {

/// The text in capitals, with each run of blanks made one, so that statements can be found.
std::string normalised(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool is_blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (is_blank && result.ends_with(' ')) continue;
    result += is_blank ? ' ' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return result;
}

/// A normalised text with the parts of each literal put together.
std::string without_seams(std::string text) {
  constexpr std::string_view seam = "\" \"";
  for (auto at = text.find(seam); at != std::string::npos; at = text.find(seam, at))
    text.erase(at, seam.size());
  return text;
}

/// A store has the SQL of some tables, and is named so. The log itself is one.
bool is_store_of_events(const SourceFile& file) noexcept {
  if (!is_in(file, "src/events")) return false;
  const std::string_view stem = std::string_view(file.path).substr(0, file.path.rfind('.'));
  return stem.ends_with("_store") || stem == "src/events/log/event_log";
}

}  // namespace

Violations check_schema_statements(const SourceTree& tree) {
  constexpr std::array statements{"CREATE TABLE",        "CREATE TEMP TABLE", "CREATE INDEX",
                                  "CREATE UNIQUE INDEX", "CREATE TRIGGER",    "CREATE VIEW",
                                  "ALTER TABLE",         "DROP TABLE",        "DROP INDEX"};
  Violations violations;
  for (const SourceFile& file : tree.files) {
    if (!is_product(file) || file.path == "src/storage/migration.cpp") continue;
    const std::string text = normalised(file.text);
    for (const char* statement : statements) {
      if (text.find(statement) == std::string::npos) continue;
      violations.push_back(file.path + ": " + statement + " belongs to migrations/ alone");
    }
  }
  return violations;
}

Violations check_event_tables(const SourceTree& tree) {
  static const std::regex statement(
      "(FROM|JOIN|INTO|UPDATE|UPDATE OR REPLACE) (MAIN\\.)?(EVENT_[A-Z_]+)");
  Violations violations;
  for (const SourceFile& file : tree.files) {
    if (!is_product(file) || is_store_of_events(file)) continue;
    const std::string text = without_seams(normalised(file.text));
    std::smatch found;
    if (!std::regex_search(text, found, statement)) continue;
    violations.push_back(file.path + ": SQL on " + found.str(3) +
                         " belongs to the stores of src/events alone");
  }
  return violations;
}

Violations check_composition(const SourceTree& tree) {
  constexpr std::array<std::string_view, 4> statements{"SELECT ", "INSERT INTO ", "UPDATE ",
                                                       "DELETE FROM "};
  Violations violations;
  for (const SourceFile& file : tree.files) {
    if (!is_in(file, "src/app")) continue;
    for (const std::string_view statement : statements) {
      if (file.text.find(statement) == std::string::npos) continue;
      violations.push_back(file.path + ": " + std::string(statement) +
                           "... has no place in src/app");
    }
  }
  return violations;
}

}  // namespace orderflow::architecture
