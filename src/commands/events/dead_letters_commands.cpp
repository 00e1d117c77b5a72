#include "commands/events/dead_letters_commands.hpp"

#include "cli/exit_code.hpp"
#include "cli/terminal/printing.hpp"
#include "cli/terminal/progress.hpp"
#include "commands/client/pages.hpp"
#include "commands/client/shown_values.hpp"
#include "commands/events/dead_letter_text.hpp"
#include "commands/orders/order_request.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <thread>

namespace orderflow::commands {
namespace {

constexpr auto between_replay_looks = std::chrono::milliseconds{200};

std::string letter_path(const std::string& id) {
  return "/v1/admin/dead-letters/" + cli::escaped(id);
}

std::string run_text(const nlohmann::json& run) {
  return std::to_string(number_at(run, "replayed")) + " of " +
         std::to_string(number_at(run, "matched")) + " dead letters replayed";
}

}  // namespace

DeadLettersCommands::DeadLettersCommands(CLI::App& app)
    : CommandGroup(app, "dead-letters", "List, show, replay and discard dead letters") {
  CLI::App& listing = add("list", "List dead letters", [this] { return list(); });
  add_filters(listing);
  listing.add_option("--limit", limit_, "How many, at most (default: 50)")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, std::size_t{100'000}, "1 to 100000"));
  listing.add_option("--after", after_, "Continue after this one, the `next` of the list before");
  access_.add_to(listing);
  CLI::App& showing = add("show", "Show one: payload, attempts, what is parked behind it",
                          [this] { return show(); });
  showing.add_option("LETTER", id_, "Its id, as billing.capture:42")->required();
  access_.add_to(showing);
  define_replay();
  CLI::App& discarding = add("discard", "Drop one permanently; what is parked behind it continues",
                             [this] { return discard(); });
  discarding.add_option("LETTER", id_, "Its id, as billing.capture:42")->required();
  discarding.add_option("--reason", reason_, "Why; kept in the audit log")->required();
  access_.add_to(discarding);
}

void DeadLettersCommands::define_replay() {
  CLI::App& replaying =
      add("replay", "Try one again, or all that match", [this] { return replay(); });
  replaying.add_option("LETTER", id_, "Its id, as billing.capture:42");
  replaying.add_flag("--dry", dry_, "Only show what one would change");
  replaying
      .add_option("--payload", payload_file_,
                  "Payload as JSON, or - for input; `show` lists what may be edited")
      ->type_name("FILE");
  replaying.add_flag("--all", all_, "All that match the filters; without any, all");
  add_filters(replaying);
  replaying.add_flag("--no-wait", no_wait_, "With --all: do not wait until it is done");
  access_.add_to(replaying);
  replaying.footer(
      "Examples:\n\n"
      "  orderflow dead-letters replay billing.capture:42 --dry\n"
      "  orderflow dead-letters replay billing.capture:42 --payload edited.json --dry\n"
      "  orderflow dead-letters replay --all --subscription billing.capture\n\n"
      "Exit codes: 0 it is tried again, or a dry one would succeed; 1 refused, or a dry one would\n"
      "fail; 2 wrong use; 4 the node cannot be reached.");
}

void DeadLettersCommands::add_filters(CLI::App& command) {
  command.add_option("--subscription", subscription_, "Those of one subscription")
      ->type_name("NAME");
  command.add_option("--kind", kind_, "Those of one kind of event");
  command.add_option("--key", key_, "Those of one key: an order's id");
  command.add_option("--error", error_, "Those whose error has this text");
}

nlohmann::json DeadLettersCommands::filter() const {
  nlohmann::json filter = nlohmann::json::object();
  for (const auto& [name, value] :
       {std::pair{"subscription", &subscription_}, std::pair{"kind", &kind_},
        std::pair{"key", &key_}, std::pair{"error", &error_}}) {
    if (!value->empty()) filter[name] = *value;
  }
  return filter;
}

int DeadLettersCommands::list() const {
  auto node = access_.client();
  const auto found = collect(node,
                             {.path = "/v1/admin/dead-letters",
                              .member = "deadLetters",
                              .filters = {{"subscription", subscription_},
                                          {"kind", kind_},
                                          {"key", key_},
                                          {"error", error_}},
                              .after = after_},
                             limit_);
  if (access_.json()) {
    cli::print_json(found);
  } else if (found.at("deadLetters").empty()) {
    cli::print("No dead letters.\n");
  } else {
    cli::print(dead_letter_table(found.at("deadLetters")));
  }
  return cli::exit_ok;
}

int DeadLettersCommands::show() const {
  const nlohmann::json letter = access_.client().get(letter_path(id_));
  if (access_.json()) {
    cli::print_json(letter);
  } else {
    cli::print(dead_letter_text(letter));
  }
  return cli::exit_ok;
}

int DeadLettersCommands::replay() const {
  if (all_ == !id_.empty()) {
    throw cli::WrongUse("name one dead letter, or use --all for those that match the filters");
  }
  if (all_ && (dry_ || !payload_file_.empty())) {
    throw cli::WrongUse("--dry and --payload are for one dead letter");
  }
  if (!all_ && (no_wait_ || !filter().empty())) {
    throw cli::WrongUse("filters and --no-wait are for --all");
  }
  return all_ ? replay_all() : replay_one();
}

int DeadLettersCommands::replay_one() const {
  nlohmann::json body = nullptr;
  if (!payload_file_.empty()) body = {{"payload", read_json_file("--payload", payload_file_)}};
  const auto answer =
      access_.client().post(letter_path(id_) + "/replay" + (dry_ ? "?dry=true" : ""), body);
  if (access_.json()) {
    cli::print_json(answer);
  } else if (dry_) {
    cli::print(dry_run_text(answer));
  } else {
    cli::print("Dead letter " + id_ + " is tried again.\n");
  }
  return dry_ && !answer.value("wouldSucceed", false) ? cli::exit_failed : cli::exit_ok;
}

int DeadLettersCommands::replay_all() const {
  auto node = access_.client();
  nlohmann::json run = node.post("/v1/admin/dead-letters/replay", filter());
  {
    cli::Progress progress;
    while (!no_wait_ && text_at(run, "state") != "finished") {
      progress.show(run_text(run));
      std::this_thread::sleep_for(between_replay_looks);
      run = node.get("/v1/admin/replays/" + cli::escaped(text_at(run, "id")));
    }
  }
  if (access_.json()) {
    cli::print_json(run);
  } else {
    cli::print(run_text(run) + ".\n");
  }
  return cli::exit_ok;
}

int DeadLettersCommands::discard() const {
  access_.client().ask(
      {.method = "DELETE", .path = letter_path(id_) + cli::query_of({{"reason", reason_}})});
  if (access_.json()) {
    cli::print_json(nlohmann::json{{"id", id_}, {"state", "discarded"}});
  } else {
    cli::print("Dead letter " + id_ + " is discarded.\n");
  }
  return cli::exit_ok;
}

}  // namespace orderflow::commands
