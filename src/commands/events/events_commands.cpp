#include "commands/events/events_commands.hpp"

#include "cli/event_follower.hpp"
#include "cli/exit_code.hpp"
#include "cli/terminal/printing.hpp"
#include "commands/client/pages.hpp"
#include "commands/events/event_text.hpp"
#include "events/log/log_incarnations.hpp"

#include <CLI/CLI.hpp>

#include <unistd.h>
#include <optional>

namespace orderflow::commands {

EventsCommands::EventsCommands(CLI::App& app)
    : CommandGroup(app, "events", "Read the event log, or watch it live") {
  CLI::App& listing = add("list", "List events, oldest first", [this] { return list(); });
  add_filters(listing);
  listing.add_option("--limit", limit_, "How many, at most (default: 50)")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}, "1 to 1000000"));
  access_.add_to(listing);
  CLI::App& tailing = add("tail", "Show events as they happen", [this] { return tail(); });
  add_filters(tailing);
  tailing.add_option("--count", count_, "End after N events (default: at Ctrl-C)")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  access_.add_to(tailing);
  tailing.footer(
      "A lost connection is made again and resumes behind the last event: none is missed. Where\n"
      "the node's log was restored meanwhile, standard error reports it. With --json each event\n"
      "is a line of its own.\n\n"
      "Exit codes: 0 ended by Ctrl-C or --count; 1 refused; 2 wrong use; 4 the node cannot be\n"
      "reached at the start.");
}

void EventsCommands::add_filters(CLI::App& command) {
  command.add_option("--kind", kind_, "Those of one kind, such as order.processed");
  command.add_option("--key", key_, "Those of one key: an order's id");
  command.add_option("--after", after_, "Begin after this position in the log")
      ->type_name("PLACE")
      ->check(CLI::Validator(
          [](const std::string& text) {
            return events::parse_position(text) ? std::string()
                                                : "must be a position in the log, such as 42";
          },
          ""));
}

int EventsCommands::list() const {
  auto node = access_.client();
  const auto log = collect(node,
                           {.path = "/v1/events",
                            .member = "events",
                            .filters = {{"kind", kind_}, {"key", key_}},
                            .after = after_},
                           limit_);
  if (access_.json()) {
    cli::print_json(log);
  } else if (log.at("events").empty()) {
    cli::print("No events.\n");
  } else {
    cli::print(event_table(log.at("events"), cli::terminal_of(STDOUT_FILENO)));
  }
  return cli::exit_ok;
}

void EventsCommands::show(const cli::StreamedEvent& event) const {
  const auto document = nlohmann::json::parse(event.data, nullptr, false);
  if (access_.json()) {
    cli::print_json_line(document);
    return;
  }
  // The window may have another size by now.
  cli::print(event_line(document, cli::terminal_of(STDOUT_FILENO)));
  cli::flush_output();
}

int EventsCommands::tail() const {
  const std::string path =
      "/v1/events/stream" + cli::query_of({{"kind", kind_}, {"key", key_}, {"after", after_}});
  cli::Interruption interruption;
  std::size_t taken = 0;
  std::optional<cli::OutputFailed> failure;
  const auto take = [&](const cli::StreamedEvent& event) {
    if (event.kind == events::log_restored_kind) {
      cli::print_error("the node's log was restored from a backup; what it holds after position " +
                       event.id + " follows");
      return true;
    }
    try {
      show(event);
    } catch (const cli::OutputFailed& e) {
      // No exception may pass through libcurl, which calls this.
      failure = e;
      return false;
    }
    return !cli::reader_has_gone() && (count_ == 0 || ++taken < count_);
  };
  cli::EventFollower follower(
      access_.address(), path, interruption,
      {.take = take, .lost = [](const std::string& why) { cli::print_error(why); }});
  follower.follow();
  if (failure) throw cli::OutputFailed(*failure);
  return cli::exit_ok;
}

}  // namespace orderflow::commands
