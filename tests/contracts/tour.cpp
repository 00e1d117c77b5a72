#include "tour.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace orderflow::test {
namespace {

constexpr std::string_view anything = "…";

bool line_fits(std::string_view printed, std::string_view expected) {
  const std::size_t gap = expected.find(anything);
  if (gap == std::string_view::npos) return printed == expected;
  const std::string_view after = expected.substr(gap + anything.size());
  if (!printed.starts_with(expected.substr(0, gap))) return false;
  for (std::size_t at = gap; at <= printed.size(); ++at) {
    if (line_fits(printed.substr(at), after)) return true;
  }
  return false;
}

}  // namespace

std::vector<TourStep> steps_of(const std::filesystem::path& document) {
  std::ifstream file(document);
  if (!file) throw std::runtime_error("cannot read " + document.string());
  std::vector<TourStep> steps;
  std::string* block = nullptr;
  std::string skipped;
  bool follows = false;  // the line stands right behind a block of commands
  for (std::string line; std::getline(file, line);) {
    if (block == nullptr && line == "```sh") {
      block = &steps.emplace_back().commands;
    } else if (block == nullptr && line == "```text" && follows) {
      block = &steps.back().expected;
    } else if (block == nullptr && line.starts_with("```")) {
      block = &skipped;
    } else if (block != nullptr && line == "```") {
      follows = !steps.empty() && block == &steps.back().commands;
      block = nullptr;
      continue;
    } else if (block != nullptr) {
      *block += line + "\n";
    }
    follows = false;
  }
  return steps;
}

bool is_as_expected(const std::string& printed, const std::string& expected) {
  std::istringstream real(printed);
  std::istringstream expected_text(expected);
  std::string real_line;
  std::string expected_line;
  for (;;) {
    const bool more_real = static_cast<bool>(std::getline(real, real_line));
    const bool more_expected = static_cast<bool>(std::getline(expected_text, expected_line));
    if (!more_real || !more_expected) return more_real == more_expected;
    if (real_line.ends_with('\r')) real_line.pop_back();
    if (!line_fits(real_line, expected_line)) return false;
  }
}

}  // namespace orderflow::test
