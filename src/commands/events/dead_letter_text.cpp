#include "commands/events/dead_letter_text.hpp"

#include "cli/terminal/shown_text.hpp"
#include "cli/terminal/table.hpp"
#include "commands/client/shown_values.hpp"

#include <unistd.h>

namespace orderflow::commands {
namespace {

using cli::Tone;

cli::Terminal letter_output() {
  return cli::terminal_of(STDOUT_FILENO);
}

std::string pretty(const nlohmann::json& document) {
  return cli::printable_lines(
             document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace)) +
         "\n";
}

std::string history_table(const nlohmann::json& history) {
  cli::Table table({{.title = "ATTEMPT", .side = cli::Column::Side::right},
                    {.title = "STARTED", .columns_min = 19},
                    {.title = "MS", .side = cli::Column::Side::right},
                    {.title = "ERROR"}});
  for (const auto& attempt : history) {
    char milliseconds[32];
    std::snprintf(milliseconds, sizeof milliseconds, "%.1f", attempt.value("durationMs", 0.0));
    table.add({text_at(attempt, "attempt"),
               time_text(text_at(attempt, "startedAt")),
               milliseconds,
               {text_at(attempt, "error"), Tone::bad}});
  }
  return table.to_text(letter_output());
}

std::string parked_text(const nlohmann::json& parked) {
  if (parked.empty()) return "";
  cli::Table table({{.title = "PARKED", .side = cli::Column::Side::right}, {.title = "KIND"}});
  for (const auto& event : parked)
    table.add({text_at(event, "sequence"), text_at(event, "kind")});
  return "\n" + table.to_text(letter_output());
}

/// Which parts of a payload a replay may edit.
std::string editable_text(const nlohmann::json& pointers) {
  std::string text;
  for (const auto& pointer : pointers)
    text += (text.empty() ? "" : ", ") + pointer.get<std::string>();
  return text.empty() ? "nothing" : text;
}

}  // namespace

std::string dead_letter_table(const nlohmann::json& letters) {
  cli::Table table({{.title = "DEAD LETTER", .columns_min = 40},
                    {.title = "KIND", .columns_min = 12},
                    {.title = "KEY"},
                    {.title = "SINCE", .columns_min = 19},
                    {.title = "TRIED", .side = cli::Column::Side::right, .columns_min = 5},
                    {.title = "ERROR", .columns_min = 16}});
  for (const auto& letter : letters) {
    table.add({text_at(letter, "id"),
               text_at(letter, "kind"),
               text_at(letter, "key"),
               time_text(text_at(letter, "failingSince")),
               text_at(letter, "attempts"),
               {text_at(letter, "error"), Tone::bad}});
  }
  return table.to_text(letter_output());
}

std::string dead_letter_text(const nlohmann::json& letter) {
  cli::Facts facts;
  facts.add("dead letter", text_at(letter, "id"));
  facts.add("event", text_at(letter, "kind") + " " + text_at(letter, "eventId"));
  facts.add("key", text_at(letter, "key"));
  facts.add("failing since", time_text(text_at(letter, "failingSince")));
  facts.add("attempts", text_at(letter, "attempts"));
  facts.add("error", {text_at(letter, "error"), Tone::bad});
  facts.add("edited", letter.value("edited", false) ? "yes" : "no");
  facts.add("may be edited", editable_text(letter.value("editable", nlohmann::json::array())));
  return facts.to_text(letter_output()) + "\n" + pretty(letter.at("payload")) + "\n" +
         history_table(letter.at("history")) + parked_text(letter.at("parkedBehind"));
}

std::string dry_run_text(const nlohmann::json& dry_run) {
  cli::Facts facts;
  const bool succeeds = dry_run.value("wouldSucceed", false);
  facts.add("would succeed", {succeeds ? "yes" : "no", succeeds ? Tone::good : Tone::bad});
  if (!succeeds) facts.add("error", {text_at(dry_run, "error"), Tone::bad});
  if (dry_run.contains("assumes")) facts.add("assumes", text_at(dry_run, "assumes"));
  std::string text = facts.to_text(letter_output());
  cli::Table rows({{.title = "CHANGE"}, {.title = "TABLE", .columns_min = 20}, {.title = "ROW"}});
  for (const auto& row : dry_run.at("rows")) {
    const auto& values = row.at("after").is_null() ? row.at("before") : row.at("after");
    rows.add({text_at(row, "change"), text_at(row, "table"), values.dump()});
  }
  if (!rows.empty()) text += "\n" + rows.to_text(letter_output());
  if (const auto left_out = number_at(dry_run, "rowsLeftOut"); left_out > 0) {
    text += "and " + std::to_string(left_out) + " more rows\n";
  }
  cli::Table events({{.title = "EVENT", .columns_min = 20}, {.title = "DATA"}});
  for (const auto& event : dry_run.at("events"))
    events.add({text_at(event, "type"), event.value("data", nlohmann::json::object()).dump()});
  return events.empty() ? text : text + "\n" + events.to_text(letter_output());
}

}  // namespace orderflow::commands
