#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::architecture {

/// One `#include` line, in quotes or angle brackets alike.
struct Include {
  std::string target;  ///< as it is written
  int line = 0;        ///< from 1
};

/// A C++ file. Paths are relative to the tree's root, with forward slashes.
struct SourceFile {
  std::string path;
  std::string text;
  std::vector<Include> includes;
};

/// True where the file is in that folder, or deeper.
bool is_in(const SourceFile& file, std::string_view folder) noexcept;

/// True for a file of src or of modules.
bool is_product(const SourceFile& file) noexcept;

/// What the rules look at: the C++ files of a tree, and the names of everything in it.
struct SourceTree {
  std::vector<SourceFile> files;  ///< by path
  std::set<std::string> paths;    ///< all files and folders
  std::set<std::string> modules;  ///< the folders below modules/
};

/// The includes of a text, line by line; those in `//` comments and in texts within a line are
/// none.
std::vector<Include> includes_of(std::string_view text);

/// Reads src, modules, migrations, config, tests, scripts and docs below `root`, as far as they
/// exist. What is planted for the tests of the rules is left out.
SourceTree read_tree(const std::filesystem::path& root);

}  // namespace orderflow::architecture
