#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::portable_sql {

/// A text of a C++ source: its literal, or several with nothing but blanks, comments and line ends
/// between them, put together as the compiler does.
struct SourceText {
  std::string file;  ///< relative to the tree's root
  int line = 0;      ///< from 1, where it begins
  std::string text;
};

/// The texts of one source. Knows raw literals, escapes, comments and separators of digits.
std::vector<SourceText> texts_of(std::string_view source, const std::string& file);

/// Those of all sources below the folders of a tree that are SQL or a part of it.
std::vector<SourceText> sql_texts(const std::filesystem::path& root,
                                  const std::vector<std::string>& folders);

/// True for a text that begins a statement of rows.
bool begins_statement(std::string_view text);

}  // namespace orderflow::portable_sql
