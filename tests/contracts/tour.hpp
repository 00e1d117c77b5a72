#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace orderflow::test {

/// A piece of a document that is run: its commands, and what they are documented to print.
struct TourStep {
  std::string commands;
  std::string expected;  ///< "…" stands for anything within a line; empty: not documented
};

/// The blocks of a Markdown document that are fenced as `sh`, each with the `text` block that
/// follows it at once, if one does.
std::vector<TourStep> steps_of(const std::filesystem::path& document);

/// Whether `printed` matches `expected`, line by line.
bool is_as_expected(const std::string& printed, const std::string& expected);

}  // namespace orderflow::test
