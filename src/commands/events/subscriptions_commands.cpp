#include "commands/events/subscriptions_commands.hpp"

#include "cli/exit_code.hpp"
#include "cli/terminal/printing.hpp"
#include "cli/terminal/progress.hpp"
#include "commands/events/subscription_table.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <thread>
#include <utility>

namespace orderflow::commands {
namespace {

constexpr auto between_rebuild_looks = std::chrono::milliseconds{200};

std::string subscription_path(const std::string& name) {
  return "/v1/admin/subscriptions/" + cli::escaped(name);
}

}  // namespace

SubscriptionsCommands::SubscriptionsCommands(CLI::App& app)
    : CommandGroup(app, "subscriptions", "List, pause, resume, rebuild and forget subscriptions") {
  access_.add_to(add("list", "List subscriptions and their progress", [this] { return list(); }));
  add_for_one("pause", "Stop one; its events wait, across restarts too",
              [this] { return set_paused("pause"); });
  add_for_one("resume", "Resume a paused one", [this] { return set_paused("resume"); });
  CLI::App& rebuilding =
      add_for_one("rebuild", "Rebuild a projection from the log", [this] { return rebuild(); });
  rebuilding.add_flag("--no-wait", no_wait_, "Do not wait until it is done");
  rebuilding.footer(
      "Only a projection can be rebuilt: users.statistics. The old one is read until the new one\n"
      "replaces it. Ctrl-C ends the waiting, not the rebuild.");
  add_for_one("forget", "Stop keeping events for one that the node does not host",
              [this] { return forget(); })
      .footer(
          "For what list shows as not hosted. If its module comes back, it resumes with what the\n"
          "log holds then: events that were removed meanwhile are lost to it.");
}

CLI::App& SubscriptionsCommands::add_for_one(const std::string& name,
                                             const std::string& description,
                                             std::function<int()> action) {
  CLI::App& added = add(name, description, std::move(action));
  added.add_option("NAME", name_, "As list shows it")->required();
  access_.add_to(added);
  return added;
}

int SubscriptionsCommands::list() const {
  const nlohmann::json answer = access_.client().get("/v1/admin/subscriptions");
  if (access_.json()) {
    cli::print_json(answer);
  } else {
    cli::print(subscription_table(answer.at("subscriptions")) + not_hosted_table(answer));
  }
  return cli::exit_ok;
}

int SubscriptionsCommands::forget() const {
  access_.client().post(subscription_path(name_) + "/forget");
  if (access_.json()) {
    const nlohmann::json answer = {{"name", name_}, {"state", "forgotten"}};
    cli::print_json(answer);
  } else {
    cli::print("Subscription " + name_ + " is forgotten: no events are kept for it.\n");
  }
  return cli::exit_ok;
}

int SubscriptionsCommands::set_paused(const std::string& verb) const {
  const nlohmann::json answer = access_.client().post(subscription_path(name_) + "/" + verb);
  if (access_.json()) {
    cli::print_json(answer);
  } else {
    cli::print("Subscription " + name_ + " is " + subscription_state(answer) + ".\n");
  }
  return cli::exit_ok;
}

int SubscriptionsCommands::rebuild() const {
  auto node = access_.client();
  const nlohmann::json begun = node.post(subscription_path(name_) + "/rebuild");
  nlohmann::json answer = node.get(subscription_path(name_));
  {
    cli::Progress progress;
    while (!no_wait_ && answer.at("rebuild").is_object() &&
           answer.at("rebuild").at("generation") == begun.at("generation")) {
      progress.show(name_ + ": " + subscription_state(answer));
      std::this_thread::sleep_for(between_rebuild_looks);
      answer = node.get(subscription_path(name_));
    }
  }
  if (access_.json()) {
    cli::print_json(answer);
  } else {
    cli::print(no_wait_ ? "The rebuild of " + name_ + " has begun.\n"
                        : "Subscription " + name_ + " is rebuilt.\n");
  }
  return cli::exit_ok;
}

}  // namespace orderflow::commands
