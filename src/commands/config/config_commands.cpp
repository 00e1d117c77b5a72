#include "commands/config/config_commands.hpp"

#include "app/loaded_settings.hpp"
#include "app/modules.hpp"
#include "cli/exit_code.hpp"
#include "cli/terminal/printing.hpp"
#include "cli/terminal/table.hpp"
#include "commands/config/settings_views.hpp"

#include <CLI/CLI.hpp>

#include <unistd.h>

namespace orderflow::commands {
namespace {

nlohmann::json problem_list(const config::Invalid& invalid) {
  nlohmann::json problems = nlohmann::json::array();
  for (const config::Problem& problem : invalid.problems()) {
    problems.push_back(
        {{"where", problem.where}, {"key", problem.key}, {"detail", problem.detail}});
  }
  return problems;
}

std::string where_text(const nlohmann::ordered_json& setting) {
  const std::string source = setting.at("source");
  return setting.contains("where") ? source + " " + setting.at("where").get<std::string>() : source;
}

}  // namespace

ConfigCommands::ConfigCommands(CLI::App& app)
    : CommandGroup(app, "config", "Check and show the settings") {
  CLI::App& checking =
      add("check", "Check the settings as serve would", [this] { return check(); });
  flags_.add_all(checking);
  checking.add_flag("--json", json_, "Print JSON, for scripts");
  CLI::App& showing =
      add("show", "Show every setting, and where its value comes from", [this] { return show(); });
  flags_.add_all(showing);
  showing.add_flag("--changed", changed_, "Only those that are not as built in");
  showing.add_flag("--json", json_, "Print JSON, for scripts");
  showing.footer("Secrets are masked.");
  CLI::App& describing =
      add("schema", "Print a JSON Schema of the settings file", [this] { return schema(); });
  describing.footer(
      "Made of what the parts of the program declare. Editors that know JSON Schema complete "
      "and\n"
      "check the file with it.");
  command().footer("Exit codes: 0 the settings are valid; 2 they are not, or wrong use.");
}

int ConfigCommands::check() const {
  try {
    app::load_settings(flags_.file(), flags_.overrides(), app::make_modules());
  } catch (const config::Invalid& invalid) {
    if (!json_) throw;
    cli::print_json(nlohmann::json{{"valid", false}, {"problems", problem_list(invalid)}});
    return cli::exit_usage;
  } catch (const std::exception& e) {
    if (!json_) throw cli::WrongUse(std::string("the settings are not valid\n") + e.what());
    const config::Invalid whole({{.where = "", .key = "", .detail = e.what()}});
    cli::print_json(nlohmann::json{{"valid", false}, {"problems", problem_list(whole)}});
    return cli::exit_usage;
  }
  if (json_) {
    cli::print_json(nlohmann::json{{"valid", true}, {"problems", nlohmann::json::array()}});
  } else {
    cli::print("The settings are valid.\n");
  }
  return cli::exit_ok;
}

int ConfigCommands::show() const {
  const auto effective = effective_settings(flags_.file(), flags_.overrides(), app::make_modules());
  auto shown = nlohmann::ordered_json::object();
  for (const auto& [path, setting] : effective.items()) {
    if (!changed_ || setting.at("value") != setting.at("default")) shown[path] = setting;
  }
  if (json_) {
    cli::print_json(shown);
    return cli::exit_ok;
  }
  cli::Table table({{.title = "SETTING", .columns_min = 30},
                    {.title = "VALUE", .columns_min = 16},
                    {.title = "FROM", .columns_min = 16}});
  for (const auto& [path, setting] : shown.items()) {
    const bool is_default = setting.at("source") == "default";
    const auto& value = setting.at("value");
    table.add({path,
               value.is_null() ? "" : value.dump(),
               {where_text(setting), is_default ? cli::Tone::faint : cli::Tone::plain}});
  }
  cli::print(table.empty() ? "Every setting is as built in.\n"
                           : table.to_text(cli::terminal_of(STDOUT_FILENO)));
  return cli::exit_ok;
}

int ConfigCommands::schema() const {
  cli::print_json(settings_schema(app::make_modules()));
  return cli::exit_ok;
}

}  // namespace orderflow::commands
