#include "bridge_command.hpp"

#include "bridge_report.hpp"
#include "loaded_settings.hpp"
#include "modules.hpp"
#include "rabbitmq/errors.hpp"
#include "rabbitmq/requeue.hpp"
#include "rabbitmq/routing.hpp"
#include "rabbitmq/watchdog.hpp"
#include "serve.hpp"

#include <cstdio>
#include <optional>
#include <set>

namespace orderflow::app {
namespace {

events::Catalog describe_all() {
  events::Catalog catalog;
  for (const auto& module : make_modules())
    module->describe(catalog);
  return catalog;
}

std::set<std::string> all_modules() {
  std::set<std::string> names;
  for (const auto& module : make_modules())
    names.emplace(module->name());
  return names;
}

rabbitmq::ConnectionOptions connection_to(const Settings& settings) {
  return rabbitmq::connection_options(settings.rabbitmq, "orderflow bridge", ORDERFLOW_VERSION);
}

BridgeReport examine_bridge(const Settings& settings) {
  BridgeReport report;
  report.broker = settings.rabbitmq.broker->shown();
  report.tls = settings.rabbitmq.broker->tls;
  report.node =
      settings.node_name.empty() ? read_node_name(settings.data_folder) : settings.node_name;
  report.hosted = settings.modules;
  report.relay = read_relay_progress(settings.data_folder);
  const rabbitmq::PlannedNode node{.name = report.node,
                                   .hosted = {settings.modules.begin(), settings.modules.end()},
                                   .modules = all_modules()};
  const rabbitmq::Topology topology = rabbitmq::plan(describe_all(), node, settings.rabbitmq);
  report.mode = topology.mode;
  if (topology.mode == rabbitmq::BridgeMode::split && !report.node.empty() &&
      !rabbitmq::is_node_name(report.node)) {
    report.failure = "node.name: the bridge cannot carry the name \"" + report.node +
                     "\"; allowed are 1 to 64 of A-Z a-z 0-9 _ -";
    return report;
  }
  try {
    rabbitmq::Watchdog watchdog;
    rabbitmq::Connection connection(connection_to(settings), watchdog);
    report.product = connection.server_product();
    report.version = connection.server_version();
    report.inspection = rabbitmq::inspect(connection, topology);
  } catch (const rabbitmq::BrokerError& e) {
    report.failure = e.what();
  }
  return report;
}

}  // namespace

BridgeCommand::BridgeCommand(CLI::App& app)
    : command_(*app.add_subcommand("bridge", "Look at the bridge to RabbitMQ")),
      check_(*command_.add_subcommand("check", "Ask the broker what stands there")),
      requeue_(*command_.add_subcommand("requeue", "Move dead messages back to their module")) {
  command_.require_subcommand(1);
  add_settings(check_);
  check_.add_flag("--json", json_, "Print one JSON document");
  check_.footer(
      "Declares nothing, and may run beside the node.\n\n"
      "Exit codes: 0 everything is there; 1 something is missing, clashes, or the broker cannot "
      "be\n"
      "asked; 2 wrong flags or settings, or no broker is set.");
  add_settings(requeue_);
  requeue_.add_option("MODULE", module_, "The module whose dead queue is emptied")->required();
  requeue_.add_option("--limit", limit_, "Messages to move, at most (default: 1000)")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}));
  requeue_.footer(
      "Each message leaves the dead queue when the broker has confirmed its copy. What dies again\n"
      "is not moved twice.\n\n"
      "Exit codes: 0 done; 1 the broker refuses or cannot be asked; 2 wrong flags or settings.");
}

void BridgeCommand::add_settings(CLI::App& command) {
  command.add_option(
      "--config", config_,
      std::string("Settings file (default: ") + default_settings_file + " where it exists)");
  for (const auto& [flag, path] :
       {std::pair{"--data", "node.data"}, std::pair{"--modules", "node.modules"}}) {
    command.add_option_function<std::string>(
        flag,
        [this, flag = std::string(flag), path = std::string(path)](const std::string& value) {
          overrides_.push_back({.path = path, .value = value, .flag = flag});
        },
        std::string("Stands in for ") + path);
  }
}

int BridgeCommand::run() const {
  std::optional<Settings> settings;
  try {
    settings = load_settings(config_, overrides_, make_modules());
  } catch (const std::exception& e) {
    std::fprintf(stderr, "orderflow: the settings are not valid\n%s\n", e.what());
    return exit_usage;
  }
  if (!settings->rabbitmq.on()) {
    std::fputs("orderflow: there is no bridge: name the broker in rabbitmq.uri or RABBIT_MQ_URI\n",
               stderr);
    return exit_usage;
  }
  return check_.parsed() ? check(*settings) : requeue(*settings);
}

int BridgeCommand::check(const Settings& settings) const {
  const BridgeReport report = examine_bridge(settings);
  const std::string text = json_ ? to_json(report).dump(2) + "\n" : to_text(report);
  std::fputs(text.c_str(), stdout);
  return report.sound() ? exit_ok : exit_failed;
}

int BridgeCommand::requeue(const Settings& settings) const {
  if (!settings.rabbitmq.queues.contains(module_)) {
    std::fprintf(stderr, "orderflow: there is no module \"%s\"\n", module_.c_str());
    return exit_usage;
  }
  const events::Catalog catalog = describe_all();
  const std::string dead = rabbitmq::dead_queue(settings.rabbitmq, module_);
  try {
    rabbitmq::Watchdog watchdog;
    rabbitmq::Connection connection(connection_to(settings), watchdog);
    const auto moved = rabbitmq::requeue(
        connection, dead,
        [&](const rabbitmq::IncomingMessage& message) {
          return rabbitmq::shared_queue(settings.rabbitmq, catalog, module_,
                                        rabbitmq::key_of(message));
        },
        limit_);
    std::printf("%zu messages moved from %s\n", moved, dead.c_str());
    return exit_ok;
  } catch (const rabbitmq::BrokerError& e) {
    std::fprintf(stderr, "orderflow: %s\n", e.what());
    return exit_failed;
  }
}

}  // namespace orderflow::app
