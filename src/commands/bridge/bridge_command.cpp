#include "commands/bridge/bridge_command.hpp"

#include "app/loaded_settings.hpp"
#include "app/modules.hpp"
#include "bridge/connection/errors.hpp"
#include "bridge/message/message_facts.hpp"
#include "bridge/message/node_name.hpp"
#include "cli/exit_code.hpp"
#include "cli/printing.hpp"
#include "commands/bridge/bridge_report.hpp"
#include "host/module.hpp"
#include "rabbitmq/client/broker_turns.hpp"
#include "rabbitmq/client/watchdog.hpp"
#include "rabbitmq/nodes/name_lock.hpp"
#include "rabbitmq/requeue.hpp"

#include <CLI/CLI.hpp>

#include <set>

namespace orderflow::commands {
namespace {

std::set<std::string> names_of(const std::vector<std::unique_ptr<host::Module>>& modules) {
  std::set<std::string> names;
  for (const auto& module : modules)
    names.emplace(module->name());
  return names;
}

rabbitmq::ConnectionOptions connection_to(const app::Settings& settings) {
  return rabbitmq::connection_options(settings.rabbitmq, "orderflow bridge", ORDERFLOW_VERSION);
}

BridgeReport report_on_bridge(const app::Settings& settings) {
  BridgeReport report;
  for (const rabbitmq::Address& broker : settings.rabbitmq.brokers)
    report.broker += (report.broker.empty() ? "" : ", ") + broker.shown();
  report.tls = settings.rabbitmq.brokers.front().tls;
  report.node =
      settings.node_name.empty() ? read_node_name(settings.data_folder) : settings.node_name;
  report.hosted = settings.modules;
  report.relay = bridge::read_relay_progress(settings.data_folder);
  const auto modules = app::make_modules();
  const bridge::PlannedNode node{.name = report.node,
                                 .hosted = {settings.modules.begin(), settings.modules.end()},
                                 .modules = names_of(modules)};
  const rabbitmq::Topology topology =
      rabbitmq::plan(host::catalog_of(modules), node, settings.rabbitmq);
  report.mode = topology.mode;
  if (topology.mode == bridge::BridgeMode::split && !report.node.empty() &&
      !bridge::is_node_name(report.node)) {
    report.failure = "node.name: the bridge cannot carry the name \"" + report.node +
                     "\"; allowed are 1 to 64 of A-Z a-z 0-9 _ -";
    return report;
  }
  try {
    rabbitmq::Watchdog watchdog;
    const auto connection = rabbitmq::connect_to_any(connection_to(settings), watchdog);
    report.product = connection->server_product();
    report.version = connection->server_version();
    report.inspection = rabbitmq::inspect(*connection, topology);
    if (topology.mode == bridge::BridgeMode::split && !report.node.empty())
      report.runs = rabbitmq::is_name_held(*connection, report.node);
  } catch (const bridge::BrokerError& e) {
    report.failure = e.what();
  }
  return report;
}

}  // namespace

BridgeCommand::BridgeCommand(CLI::App& app)
    : CommandGroup(app, "bridge", "Look at the bridge to RabbitMQ") {
  CLI::App& checking = add("check", "Check exchanges and queues", [this] { return check(); });
  add_settings(checking);
  checking.footer(
      "Declares nothing, and may run beside the node.\n\n"
      "Exit codes: 0 everything is there; 1 something is missing, clashes, or the broker cannot "
      "be\n"
      "asked; 2 wrong flags or settings, or no broker is set.");
  CLI::App& requeuing =
      add("requeue", "Move dead messages back to their module", [this] { return requeue(); });
  requeuing.add_option("MODULE", module_, "The module to move the dead messages of")->required();
  requeuing.add_option("--limit", limit_, "Messages to move, at most (default: 1000)")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}, "1 to 1000000"));
  add_settings(requeuing);
  requeuing.footer(
      "Each message leaves the dead queue when the broker has confirmed its copy. What is\n"
      "rejected again is not moved twice.\n\n"
      "Exit codes: 0 done; 1 the broker refuses or cannot be asked; 2 wrong flags or settings.");
}

void BridgeCommand::add_settings(CLI::App& command) {
  flags_.add_file(command);
  flags_.add_override(command, "--data", "node.data", "Instead of node.data", "FOLDER");
  flags_.add_override(command, "--modules", "node.modules", "Instead of node.modules", "NAMES");
  command.add_flag("--json", json_, "Print JSON, for scripts");
}

app::Settings BridgeCommand::settings() const {
  app::Settings settings =
      app::valid_settings(flags_.file(), flags_.overrides(), app::make_modules());
  if (!settings.rabbitmq.on()) {
    throw cli::WrongUse("there is no bridge: name the broker in rabbitmq.uri or RABBIT_MQ_URI");
  }
  return settings;
}

int BridgeCommand::check() const {
  const BridgeReport report = report_on_bridge(settings());
  if (json_) {
    cli::print_json(to_json(report));
  } else {
    cli::print(to_text(report));
  }
  return report.sound() ? cli::exit_ok : cli::exit_failed;
}

int BridgeCommand::requeue() const {
  const app::Settings all = settings();
  if (!all.rabbitmq.queues.contains(module_)) {
    throw cli::WrongUse("there is no module \"" + module_ + "\"");
  }
  const events::Catalog catalog = host::catalog_of(app::make_modules());
  const std::string dead = rabbitmq::dead_queue(all.rabbitmq, module_);
  rabbitmq::Watchdog watchdog;
  const auto connection = rabbitmq::connect_to_any(connection_to(all), watchdog);
  const auto moved = rabbitmq::requeue(
      *connection, dead,
      [&](const bridge::Message& message) {
        return rabbitmq::shared_queue(all.rabbitmq, catalog, module_, bridge::key_of(message));
      },
      limit_);
  if (json_) {
    cli::print_json(nlohmann::json{{"queue", dead}, {"moved", moved}});
  } else {
    cli::print(std::to_string(moved) + " messages moved from " + dead + "\n");
  }
  return cli::exit_ok;
}

}  // namespace orderflow::commands
