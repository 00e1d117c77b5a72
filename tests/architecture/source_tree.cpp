#include "source_tree.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <stdexcept>

namespace orderflow::architecture {
namespace {

namespace fs = std::filesystem;

bool is_cpp(const fs::path& path) {
  const std::set<std::string> endings{".cpp", ".hpp", ".cc", ".h", ".ipp", ".inc"};
  return endings.contains(path.extension().string());
}

std::string read_text(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::string_view without_indent(std::string_view text) noexcept {
  return text.substr(std::min(text.find_first_not_of(" \t"), text.size()));
}

std::optional<std::string> included_by(std::string_view line) {
  line = without_indent(line);
  if (!line.starts_with('#')) return std::nullopt;
  line = without_indent(line.substr(1));
  if (!line.starts_with("include")) return std::nullopt;
  line = without_indent(line.substr(std::string_view("include").size()));
  if (!line.starts_with('"') && !line.starts_with('<')) return std::nullopt;
  const std::size_t end = line.find(line.front() == '"' ? '"' : '>', 1);
  if (end == std::string_view::npos) return std::nullopt;
  return std::string(line.substr(1, end - 1));
}

}  // namespace

bool is_in(const SourceFile& file, std::string_view folder) noexcept {
  return file.path.starts_with(folder) && file.path.size() > folder.size() &&
         file.path[folder.size()] == '/';
}

bool is_product(const SourceFile& file) noexcept {
  return is_in(file, "src") || is_in(file, "modules");
}

std::vector<Include> includes_of(std::string_view text) {
  std::vector<Include> includes;
  std::istringstream lines{std::string(text)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (auto target = included_by(line)) {
      includes.push_back({.target = std::move(*target), .line = number});
    }
  }
  return includes;
}

SourceTree read_tree(const fs::path& root) {
  SourceTree tree;
  for (const char* top : {"src", "modules", "migrations", "config", "tests", "scripts", "docs"}) {
    if (!fs::is_directory(root / top)) continue;
    for (auto entry = fs::recursive_directory_iterator{root / top}; entry != fs::end(entry);
         ++entry) {
      const std::string path = entry->path().lexically_relative(root).generic_string();
      if (path == "tests/architecture/planted") {
        entry.disable_recursion_pending();
        continue;
      }
      tree.paths.insert(path);
      if (entry->is_directory() && path.starts_with("modules/") && entry.depth() == 0) {
        tree.modules.insert(entry->path().filename().string());
      }
      if (!entry->is_regular_file() || !is_cpp(entry->path())) continue;
      std::string text = read_text(entry->path());
      auto includes = includes_of(text);
      tree.files.push_back(
          {.path = path, .text = std::move(text), .includes = std::move(includes)});
    }
  }
  std::ranges::sort(tree.files, {}, &SourceFile::path);
  return tree;
}

}  // namespace orderflow::architecture
