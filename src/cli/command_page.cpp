#include "cli/command_page.hpp"

#include <CLI/CLI.hpp>

#include <utility>

namespace orderflow::cli {
namespace {

std::vector<std::string> choices_in(const std::string& type) {
  const std::size_t open = type.find('{');
  const std::size_t close = type.find('}', open);
  std::vector<std::string> choices;
  if (open == std::string::npos || close == std::string::npos) return choices;
  for (std::size_t start = open + 1; start <= close;) {
    const std::size_t end = std::min(type.find(',', start), close);
    choices.push_back(type.substr(start, end - start));
    start = end + 1;
  }
  return choices;
}

Parameter parameter_of(const CLI::Option& option) {
  Parameter parameter;
  for (const std::string& name : option.get_snames())
    parameter.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames())
    parameter.names.push_back("--" + name);
  const std::string type = option.get_type_name();
  parameter.choices = choices_in(type);
  if (option.get_positional()) {
    parameter.value = option.get_name(true);
  } else if (option.get_type_size() != 0) {
    parameter.value = type.substr(0, type.find(':'));
  }
  // An argument is named after its content, so its type shows whether it is a path.
  if (option.get_positional() && (type == "FILE" || type == "FOLDER")) parameter.value = type;
  parameter.description = option.get_description();
  parameter.required = option.get_required();
  parameter.repeatable = option.get_expected_max() >= CLI::detail::expected_max_vector_size;
  return parameter;
}

void append_pages(const CLI::App& app, const std::string& path, std::vector<CommandPage>& pages) {
  CommandPage page{.path = path,
                   .description = app.get_description(),
                   .footer = app.get_footer(),
                   .arguments = {},
                   .flags = {},
                   .subcommands = {}};
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group().empty()) continue;
    (option->get_positional() ? page.arguments : page.flags).push_back(parameter_of(*option));
  }
  const auto visible = [](const CLI::App* sub) { return !sub->get_group().empty(); };
  const auto subcommands = app.get_subcommands(visible);
  for (const CLI::App* subcommand : subcommands)
    page.subcommands.push_back(subcommand->get_name());
  pages.push_back(std::move(page));
  for (const CLI::App* subcommand : subcommands) {
    const std::string name = subcommand->get_name();
    append_pages(*subcommand, path.empty() ? name : path + " " + name, pages);
  }
}

}  // namespace

std::vector<CommandPage> pages_of(const CLI::App& app) {
  std::vector<CommandPage> pages;
  append_pages(app, "", pages);
  return pages;
}

}  // namespace orderflow::cli
