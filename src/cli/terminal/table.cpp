#include "cli/terminal/table.hpp"

#include "cli/terminal/shown_text.hpp"

#include <algorithm>
#include <numeric>

namespace orderflow::cli {
namespace {

constexpr std::size_t gap = 2;

std::size_t total(const std::vector<std::size_t>& widths) {
  return std::accumulate(widths.begin(), widths.end(), std::size_t{0}) + gap * (widths.size() - 1);
}

/// Takes from the widest of the columns that are wider than their floor until all fit.
void shrink(std::vector<std::size_t>& widths, const std::vector<std::size_t>& floors,
            std::size_t columns_max) {
  while (total(widths) > columns_max) {
    std::size_t widest = widths.size();
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (widths[i] <= floors[i]) continue;
      if (widest == widths.size() || widths[i] > widths[widest]) widest = i;
    }
    if (widest == widths.size()) return;
    --widths[widest];
  }
}

void append_cell(std::string& line, const Cell& cell, const Column& column, std::size_t width,
                 const Terminal& terminal) {
  const std::string text = cut_to(cell.text, width);
  const std::string padding(width - std::min(width, columns_of(text)), ' ');
  if (column.side == Column::Side::right) line += padding;
  line += toned(text, cell.tone, terminal);
  if (column.side == Column::Side::left) line += padding;
}

void end_line(std::string& out, std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  out += line + '\n';
}

}  // namespace

Cell::Cell(std::string_view given, Tone its_tone) : text(printable(given)), tone(its_tone) {}

std::vector<std::size_t> Table::widths(std::size_t columns_max) const {
  std::vector<std::size_t> widths;
  std::vector<std::size_t> floors;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = columns_of(columns_[i].title);
    for (const auto& row : rows_)
      width = std::max(width, columns_of(row[i].text));
    widths.push_back(std::max<std::size_t>(width, 1));
    floors.push_back(columns_[i].columns_min);
  }
  if (columns_max == 0) return widths;
  shrink(widths, floors, columns_max);
  floors.assign(widths.size(), 1);
  shrink(widths, floors, columns_max);
  // A terminal narrower than one character a column shows the first ones.
  while (widths.size() > 1 && total(widths) > columns_max)
    widths.pop_back();
  return widths;
}

std::string Table::to_text(const Terminal& terminal) const {
  const std::vector<std::size_t> width = widths(terminal.columns);
  std::string out;
  const auto append = [&](const auto& cell_at) {
    std::string line;
    for (std::size_t i = 0; i < width.size(); ++i) {
      if (i > 0) line.append(gap, ' ');
      append_cell(line, cell_at(i), columns_[i], width[i], terminal);
    }
    end_line(out, std::move(line));
  };
  append([&](std::size_t i) { return Cell(columns_[i].title, Tone::strong); });
  for (const auto& row : rows_)
    append([&](std::size_t i) { return row[i]; });
  return out;
}

std::string Facts::to_text(const Terminal& terminal) const {
  std::size_t width = 0;
  for (const auto& [name, value] : lines_)
    width = std::max(width, columns_of(name));
  std::string out;
  for (const auto& [name, value] : lines_) {
    const std::string padding(width - columns_of(name) + gap, ' ');
    end_line(out, toned(name, Tone::faint, terminal) + padding +
                      toned(value.text, value.tone, terminal));
  }
  return out;
}

}  // namespace orderflow::cli
