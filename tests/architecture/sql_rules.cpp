#include "rules.hpp"

#include <array>
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

}  // namespace

Violations check_schema_statements(const SourceTree& tree) {
  constexpr std::array statements{"CREATE TABLE",        "CREATE TEMP TABLE", "CREATE INDEX",
                                  "CREATE UNIQUE INDEX", "CREATE TRIGGER",    "CREATE VIEW",
                                  "ALTER TABLE",         "DROP TABLE",        "DROP INDEX"};
  Violations violations;
  for (const SourceFile& file : tree.files) {
    const bool is_product = file.path.starts_with("src/") || file.path.starts_with("modules/");
    if (!is_product || file.path == "src/storage/migration.cpp") continue;
    const std::string text = normalised(file.text);
    for (const char* statement : statements) {
      if (text.find(statement) == std::string::npos) continue;
      violations.push_back(file.path + ": " + statement + " belongs to migrations/ alone");
    }
  }
  return violations;
}

Violations check_composition(const SourceTree& tree) {
  constexpr std::array statements{"SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM "};
  Violations violations;
  for (const SourceFile& file : tree.files) {
    if (!file.path.starts_with("src/app/")) continue;
    for (const std::string_view statement : statements) {
      if (file.text.find(statement) == std::string::npos) continue;
      violations.push_back(file.path + ": " + std::string(statement) +
                           "... has no place in src/app");
    }
  }
  return violations;
}

}  // namespace orderflow::architecture
