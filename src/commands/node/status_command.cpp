#include "commands/node/status_command.hpp"

#include "cli/exit_code.hpp"
#include "cli/terminal/printing.hpp"
#include "cli/terminal/table.hpp"
#include "commands/client/shown_values.hpp"
#include "commands/events/subscription_table.hpp"

#include <CLI/CLI.hpp>

#include <unistd.h>

namespace orderflow::commands {
namespace {

using cli::Tone;

std::string facts_of(const nlohmann::json& answer) {
  cli::Facts facts;
  const std::string status = text_at(answer, "status");
  facts.add("node", text_at(answer, "url"));
  facts.add("status", {status, status == "ready" ? Tone::good : Tone::bad});
  for (const auto& [name, what] : answer.at("checks").items()) {
    const std::string text = text_at(answer.at("checks"), name);
    facts.add(name, {text, text == "ok" ? Tone::plain : Tone::bad});
  }
  facts.add("events", text_at(answer, "newestEvent"));
  const auto& writer = answer.at("writer");
  facts.add("commits", text_at(writer, "batches"));
  facts.add("writes", text_at(writer, "writes"));
  facts.add("waiting writes", text_at(writer, "waiting"));
  facts.add("refused writes", count_cell(number_at(writer, "refused"), Tone::waiting));
  return facts.to_text(cli::terminal_of(STDOUT_FILENO));
}

std::string advice(const nlohmann::json& subscriptions) {
  std::int64_t dead = 0;
  bool paused = false;
  for (const auto& entry : subscriptions) {
    dead += number_at(entry, "dead");
    paused = paused || entry.value("paused", false);
  }
  std::string text;
  if (dead > 0) text += "\nThe dead letters are listed by\n  orderflow dead-letters list\n";
  if (paused) text += "\nWhat is paused resumes after\n  orderflow subscriptions resume NAME\n";
  return text;
}

}  // namespace

StatusCommand::StatusCommand(CLI::App& app)
    : CommandGroup(app, "status", "Show the state of a running node") {
  access_.add_to(command());
  command().add_flag("--alive", alive_, "Ask only whether it serves, which takes no key");
  command().footer(
      "Exit codes: 0 the node is ready; 1 it is not, is degraded, or refuses; 2 wrong use; 4 it\n"
      "cannot be reached.");
  set_action([this] { return alive_ ? print_alive() : show(); });
}

int StatusCommand::print_alive() const {
  cli::NodeClient node(access_.keyless_address());
  const auto answer = node.ask({.path = "/healthz", .timeout = std::chrono::seconds{5}});
  if (access_.json()) {
    cli::print_json(answer.document);
  } else {
    cli::print("The node at " + node.address().url + " serves.\n");
  }
  return cli::exit_ok;
}

int StatusCommand::show() const {
  auto node = access_.client();
  const auto ready = node.exchange({.path = "/readyz"});
  if (!ready.document.is_object() || !ready.document.contains("checks")) {
    throw cli::NodeUnreachable(
        cli::unreachable(node.address().url, "it does not answer as a node does"));
  }
  nlohmann::json answer = node.get("/v1/admin/status");
  answer["url"] = node.address().url;
  answer["status"] = ready.document.at("status");
  answer["checks"] = ready.document.at("checks");
  const nlohmann::json listed = node.get("/v1/admin/subscriptions");
  answer["subscriptions"] = listed.at("subscriptions");
  answer["notHosted"] = listed.value("notHosted", nlohmann::json::array());
  if (access_.json()) {
    cli::print_json(answer);
  } else {
    const auto& subscriptions = answer.at("subscriptions");
    cli::print(facts_of(answer) + "\n" + subscription_table(subscriptions) +
               not_hosted_table(answer) + advice(subscriptions));
  }
  return answer.at("status") == "ready" ? cli::exit_ok : cli::exit_failed;
}

}  // namespace orderflow::commands
