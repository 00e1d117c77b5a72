#include "commands/events/subscription_table.hpp"

#include "cli/terminal/table.hpp"
#include "commands/client/shown_values.hpp"

#include <unistd.h>

namespace orderflow::commands {
namespace {

using cli::Tone;

Tone tone_of(const std::string& state) {
  return state == "running" ? Tone::good : Tone::waiting;
}

}  // namespace

int rebuild_percent(const nlohmann::json& rebuild) {
  const auto upto = number_at(rebuild, "upto");
  if (upto <= 0) return 100;
  return static_cast<int>(number_at(rebuild, "position") * 100 / upto);
}

std::string subscription_state(const nlohmann::json& subscription) {
  const auto rebuild = subscription.find("rebuild");
  if (rebuild != subscription.end() && rebuild->is_object()) {
    return "rebuilding " + std::to_string(rebuild_percent(*rebuild)) + "%";
  }
  if (subscription.value("paused", false)) return "paused";
  return subscription.value("held", false) ? "held" : "running";
}

std::string subscription_table(const nlohmann::json& subscriptions) {
  using Side = cli::Column::Side;
  cli::Table table({{.title = "SUBSCRIPTION", .columns_min = 24},
                    {.title = "STATE", .columns_min = 7},
                    {.title = "LAG", .side = Side::right},
                    {.title = "OLDEST", .side = Side::right},
                    {.title = "PER S", .side = Side::right},
                    {.title = "HANDLED", .side = Side::right},
                    {.title = "RETRYING", .side = Side::right},
                    {.title = "PARKED", .side = Side::right},
                    {.title = "DEAD", .side = Side::right}});
  for (const auto& entry : subscriptions) {
    const std::string state = subscription_state(entry);
    const auto lag = number_at(entry, "lag");
    char rate[32];
    std::snprintf(rate, sizeof rate, "%.1f", entry.value("ratePerSecond", 0.0));
    table.add({text_at(entry, "name"),
               {state, tone_of(state)},
               std::to_string(lag),
               lag == 0 ? "" : duration_text(entry.value("oldestAgeSeconds", 0.0)),
               rate,
               std::to_string(number_at(entry, "handled")),
               count_cell(number_at(entry, "retrying"), Tone::waiting),
               count_cell(number_at(entry, "parked"), Tone::waiting),
               count_cell(number_at(entry, "dead"), Tone::bad)});
  }
  return table.to_text(cli::terminal_of(STDOUT_FILENO));
}

std::string not_hosted_table(const nlohmann::json& answer) {
  using Side = cli::Column::Side;
  const auto cursors = answer.find("notHosted");  // older nodes do not send it
  if (cursors == answer.end() || cursors->empty()) return {};
  cli::Table table({{.title = "NOT HOSTED", .columns_min = 24},
                    {.title = "MODULE", .columns_min = 7},
                    {.title = "CURSOR", .side = Side::right},
                    {.title = "HOLDS", .side = Side::right},
                    {.title = "RETRYING", .side = Side::right},
                    {.title = "PARKED", .side = Side::right},
                    {.title = "DEAD", .side = Side::right}});
  for (const auto& entry : *cursors) {
    const std::string module = text_at(entry, "module");
    table.add({text_at(entry, "name"), module.empty() ? "none of this version" : module,
               std::to_string(number_at(entry, "cursor")),
               count_cell(number_at(entry, "held"), Tone::waiting),
               count_cell(number_at(entry, "retrying"), Tone::waiting),
               count_cell(number_at(entry, "parked"), Tone::waiting),
               count_cell(number_at(entry, "dead"), Tone::bad)});
  }
  return "\n" + table.to_text(cli::terminal_of(STDOUT_FILENO)) +
         "\nTheir events are kept until the module runs again, or until\n"
         "  orderflow subscriptions forget NAME\n";
}

}  // namespace orderflow::commands
