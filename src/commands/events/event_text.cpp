#include "commands/events/event_text.hpp"

#include "cli/terminal/shown_text.hpp"
#include "cli/terminal/table.hpp"
#include "commands/client/shown_values.hpp"

#include <algorithm>

namespace orderflow::commands {
namespace {

using cli::Terminal;
using cli::Tone;

constexpr std::size_t kind_columns = 24;

Tone tone_of(const std::string& kind, const nlohmann::json& data) {
  if (kind.ends_with(".failed") || kind.ends_with("_abandoned")) return Tone::bad;
  if (kind == "order.processed" && data.is_object()) {
    return status_cell(text_at(data, "status")).tone;
  }
  return Tone::plain;
}

nlohmann::json data_of(const nlohmann::json& event) {
  return event.value("data", nlohmann::json::object());
}

/// Milliseconds matter where one watches.
std::string clock_time(const std::string& rfc3339) {
  return rfc3339.size() > 23 && rfc3339[10] == 'T' ? rfc3339.substr(11, 12) : rfc3339;
}

std::string padded_to(std::string text, std::size_t columns) {
  text.append(columns - std::min(columns, cli::columns_of(text)), ' ');
  return text;
}

}  // namespace

std::string event_table(const nlohmann::json& events, const Terminal& terminal) {
  cli::Table table({{.title = "PLACE", .side = cli::Column::Side::right},
                    {.title = "TIME", .columns_min = 19},
                    {.title = "KIND", .columns_min = 22},
                    {.title = "KEY", .columns_min = 36},
                    {.title = "DATA", .columns_min = 4}});
  for (const auto& event : events) {
    const nlohmann::json data = data_of(event);
    const std::string kind = text_at(event, "type");
    table.add({text_at(event, "sequence"),
               time_text(text_at(event, "time")),
               {kind, tone_of(kind, data)},
               text_at(event, "subject"),
               data.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)});
  }
  return table.to_text(terminal);
}

std::string event_line(const nlohmann::json& event, const Terminal& terminal) {
  const nlohmann::json data = data_of(event);
  const std::string kind = text_at(event, "type");
  const std::string before = cli::printable(clock_time(text_at(event, "time"))) + "  ";
  const std::string behind =
      "  " + cli::printable(text_at(event, "subject")) + "  " +
      cli::printable(data.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  const std::string shown_kind = padded_to(cli::printable(kind), kind_columns);
  if (!terminal.interactive) return before + shown_kind + behind + "\n";
  const std::size_t taken = cli::columns_of(before) + cli::columns_of(shown_kind);
  if (taken >= terminal.columns) {
    return cli::cut_to(before + shown_kind, std::max<std::size_t>(terminal.columns, 1)) + "\n";
  }
  return before + cli::toned(shown_kind, tone_of(kind, data), terminal) +
         cli::cut_to(behind, terminal.columns - taken) + "\n";
}

}  // namespace orderflow::commands
