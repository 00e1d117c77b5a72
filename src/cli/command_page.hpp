#pragma once

#include "cli/app_name.hpp"

#include <string>
#include <vector>

namespace orderflow::cli {

/// A flag or an argument as defined.
struct Parameter {
  std::vector<std::string> names;  ///< "--limit"; empty for an argument
  std::string value;               ///< "N", "FILE"; empty for a flag without a value
  std::vector<std::string> choices;
  std::string description;
  bool required = false;
  bool repeatable = false;

  bool takes_path() const { return value == "FILE" || value == "FOLDER"; }
};

/// A command as defined; completion and manual are generated from it.
struct CommandPage {
  std::string path;  ///< "orders list"; empty for the program itself
  std::string description;
  std::string footer;
  std::vector<Parameter> arguments;
  std::vector<Parameter> flags;
  std::vector<std::string> subcommands;  ///< their names
};

/// A page for the program and for every command of it that is not hidden, each before its
/// subcommands, in the order of definition.
std::vector<CommandPage> pages_of(const CLI::App& app);

}  // namespace orderflow::cli
