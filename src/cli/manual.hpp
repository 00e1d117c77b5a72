#pragma once

#include "cli/command_page.hpp"

#include <string>
#include <vector>

namespace orderflow::cli {

/// A part of the manual that belongs to no command.
struct ManualSection {
  std::string title;  ///< "ENVIRONMENT"
  std::vector<std::pair<std::string, std::string>> entries;
};

struct Manual {
  std::string version;
  std::vector<CommandPage> pages;       ///< the program's own first; its footer is left out
  std::vector<ManualSection> sections;  ///< after the commands
};

/// The manual page orderflow(1) in the language of man(7). Footers of commands are paragraphs with
/// an empty line between; one whose lines begin with two blanks is an example, shown as it is.
std::string man_page(const Manual& manual);

}  // namespace orderflow::cli
