#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace orderflow::test {

/// How the statements of a test executable were used: what was bound to each parameter and read
/// from each column, as "integer", "real", "text", "blob", "uuid" (a blob of 16 bytes) or "null".
struct StatementUse {
  std::vector<std::set<std::string>> bound;
  std::vector<std::set<std::string>> read;
};

/// By the statement's text.
using StatementUses = std::map<std::string, StatementUse>;

/// What the test executables that ran with `SQL_RECORD` in their environment have written
/// to the files below `folder`.
///
/// Everything that links this library has its calls of SQLite go through the recorder (the linker's
/// --wrap), which costs a comparison where that variable is not set. It names the file that is
/// written when the executable ends.
StatementUses read_statement_uses(const std::filesystem::path& folder);

}  // namespace orderflow::test
