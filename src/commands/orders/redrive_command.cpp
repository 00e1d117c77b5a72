#include "commands/orders/redrive_command.hpp"

#include "cli/exit_code.hpp"
#include "cli/node_client.hpp"
#include "cli/terminal/printing.hpp"
#include "commands/client/lifetime.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdint>
#include <thread>

namespace orderflow::commands {
namespace {

using nlohmann::json;

/// Between two requests: orders are driven on as their modules can take them.
constexpr std::chrono::seconds pause{1};

std::string is_length_of_time(const std::string& text) {
  return parse_lifetime(text) ? std::string() : "must be a length of time such as 10m, 2h or 3d";
}

void add_up(json& total, const json& answer) {
  for (const char* member : {"orders", "messages", "unsent"})
    total[member] = total.value(member, std::int64_t{0}) + answer.at(member).get<std::int64_t>();
}

std::string text_of(const json& total) {
  const auto number = [&](const char* member) {
    return std::to_string(total.at(member).get<std::int64_t>());
  };
  std::string text =
      number("orders") + " orders are driven on by " + number("messages") + " messages.\n";
  if (total.at("unsent") != 0) {
    text += number("unsent") + " orders have nothing in the log that could be sent again.\n";
  }
  return text;
}

}  // namespace

void RedriveCommand::add_to(CLI::App& command) {
  CLI::Option* id = command.add_option("--id", id_, "This order alone")->type_name("ORDER");
  command
      .add_option("--older-than", older_than_, "Those not final after this time (default: as set)")
      ->type_name("TIME")
      ->check(is_length_of_time)
      ->excludes(id);
  command.add_option("--module", module_, "What may lack something (default: orders)")
      ->type_name("MODULE");
  command.add_option("--since", since_, "For another module: those placed since then")
      ->type_name("TIME")
      ->excludes(id);
  command.footer(
      "Examples:\n\n"
      "  orderflow orders redrive --older-than 5m\n"
      "  orderflow orders redrive --module users --since 2026-03-01T00:00:00Z");
}

json RedriveCommand::request() const {
  json body = {{"module", module_}};
  if (!id_.empty()) body["orderId"] = id_;
  if (const auto age = parse_lifetime(older_than_))
    body["olderThanMs"] = std::chrono::duration_cast<std::chrono::milliseconds>(*age).count();
  if (!since_.empty()) body["since"] = since_;
  return body;
}

int RedriveCommand::run(const NodeAccess& access) const {
  auto node = access.client();
  cli::NodeRequest wanted{.method = "POST", .path = "/v1/admin/orders/redrive", .body = request()};
  json total = json::object();
  for (;;) {
    const json answer = node.ask(wanted).document;
    add_up(total, answer);
    if (!answer.at("more").get<bool>()) break;
    wanted.body["asOf"] = answer.at("asOf");
    if (!answer.at("next").is_null()) wanted.body["after"] = answer.at("next");
    std::this_thread::sleep_for(pause);
  }
  if (access.json()) {
    cli::print_json(total);
  } else {
    cli::print(text_of(total));
  }
  return cli::exit_ok;
}

}  // namespace orderflow::commands
