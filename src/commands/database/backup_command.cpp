#include "commands/database/backup_command.hpp"

#include "cli/exit_code.hpp"
#include "cli/terminal/printing.hpp"
#include "cli/terminal/progress.hpp"
#include "cli/terminal/table.hpp"
#include "commands/client/shown_values.hpp"

#include <CLI/CLI.hpp>

#include <unistd.h>
#include <chrono>
#include <future>

namespace orderflow::commands {
namespace {

constexpr auto longest_backup = std::chrono::hours{12};
constexpr auto between_progress_looks = std::chrono::milliseconds{200};

std::string bytes_at(const nlohmann::json& backup) {
  return bytes_text(static_cast<std::uint64_t>(number_at(backup, "bytes")));
}

std::string progress_text(const nlohmann::json& answer) {
  const auto running = answer.find("running");
  if (running == answer.end() || !running->is_object()) return "backup: begins or ends";
  if (text_at(*running, "step") == "checking") return "backup: the copy is checked and synced";
  const auto pages = number_at(*running, "pages");
  const auto copied = number_at(*running, "copiedPages");
  return "backup: " + std::to_string(pages == 0 ? 0 : copied * 100 / pages) + "% copied, " +
         std::to_string(copied) + " of " + std::to_string(pages) + " pages";
}

}  // namespace

BackupCommand::BackupCommand(CLI::App& app)
    : CommandGroup(app, "backup", "Copy the database of a running node") {
  command().add_flag("--list", list_, "Make none; list those that are kept");
  access_.add_to(command());
  command().footer(
      "The copy is a file among the node's data, checked and on disk when this ends; the node\n"
      "keeps running meanwhile. Ctrl-C ends the waiting, not the copying.");
  set_action([this] { return list_ ? list() : make(); });
}

int BackupCommand::make() const {
  auto making = std::async(std::launch::async, [address = access_.address()] {
    return cli::NodeClient(address)
        .ask({.method = "POST", .path = "/v1/admin/backup", .timeout = longest_backup})
        .document;
  });
  {
    cli::Progress progress;
    auto node = access_.client();
    while (making.wait_for(between_progress_looks) == std::future_status::timeout) {
      const auto answer = node.exchange({.path = "/v1/admin/backups"});
      if (answer.status == 200) progress.show(progress_text(answer.document));
    }
  }
  const nlohmann::json backup = making.get();
  if (access_.json()) {
    cli::print_json(backup);
    return cli::exit_ok;
  }
  cli::Facts facts;
  facts.add("backup", text_at(backup, "file"));
  facts.add("size", bytes_at(backup));
  facts.add("newest event", text_at(backup, "newestEvent"));
  facts.add("took", duration_text(static_cast<double>(number_at(backup, "durationMs")) / 1000));
  cli::print(facts.to_text(cli::terminal_of(STDOUT_FILENO)));
  return cli::exit_ok;
}

int BackupCommand::list() const {
  const nlohmann::json answer = access_.client().get("/v1/admin/backups");
  if (access_.json()) {
    cli::print_json(answer);
    return cli::exit_ok;
  }
  cli::Table table({{.title = "MADE", .columns_min = 19},
                    {.title = "SIZE", .side = cli::Column::Side::right},
                    {.title = "NEWEST EVENT", .side = cli::Column::Side::right},
                    {.title = "FILE", .columns_min = 40}});
  for (const auto& backup : answer.at("backups")) {
    table.add({time_text(text_at(backup, "madeAt")), bytes_at(backup),
               text_at(backup, "newestEvent"), text_at(backup, "file")});
  }
  cli::print(table.empty() ? "No backups.\n" : table.to_text(cli::terminal_of(STDOUT_FILENO)));
  return cli::exit_ok;
}

}  // namespace orderflow::commands
