#pragma once

#include "cli/terminal/terminal.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::cli {

/// A piece of a table; made printable as it is taken in.
struct Cell {
  Cell(std::string_view given, Tone its_tone = Tone::plain);
  Cell(const char* given, Tone its_tone = Tone::plain) : Cell(std::string_view(given), its_tone) {}
  Cell(const std::string& given, Tone its_tone = Tone::plain)
      : Cell(std::string_view(given), its_tone) {}

  std::string text;
  Tone tone;
};

struct Column {
  std::string title;
  enum class Side { left, right } side = Side::left;
  /// Cut below this width only where nothing else helps: for what people copy, such as ids.
  std::size_t columns_min = 1;
};

/// Rows below titles, for people. On a terminal each line fits its width: the widest columns are
/// cut first, with "…" at the end of a cell. Elsewhere nothing is cut, so that a pipe gets all.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// As many cells as there are columns.
  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  bool empty() const noexcept { return rows_.empty(); }

  /// Every line ends in `\n` and has no blanks before it.
  std::string to_text(const Terminal& terminal) const;

 private:
  std::vector<std::size_t> widths(std::size_t columns_max) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

/// Names and values below each other. Values are never cut: a terminal breaks them.
class Facts {
 public:
  void add(std::string name, Cell value) { lines_.emplace_back(std::move(name), std::move(value)); }
  std::string to_text(const Terminal& terminal) const;

 private:
  std::vector<std::pair<std::string, Cell>> lines_;
};

}  // namespace orderflow::cli
