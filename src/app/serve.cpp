#include "serve.hpp"

#include "audit_routes.hpp"
#include "backup_routes.hpp"
#include "console/module.hpp"
#include "dead_letter_routes.hpp"
#include "destination_routes.hpp"
#include "event_routes.hpp"
#include "events/effect_runner.hpp"
#include "events/timers.hpp"
#include "health_routes.hpp"
#include "host/node.hpp"
#include "http/server.hpp"
#include "metrics_routes.hpp"
#include "operator_desk.hpp"
#include "rabbitmq/bridge.hpp"
#include "rabbitmq/bridge_figures.hpp"
#include "replay_routes.hpp"
#include "storage/backups.hpp"
#include "subscription_routes.hpp"
#include "telemetry/log.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <optional>
#include <set>
#include <thread>

namespace orderflow::app {
namespace {

/// The thread that effects run on.
class EffectThread {
 public:
  EffectThread() : work_(boost::asio::make_work_guard(context_)) {
    thread_ = std::thread([this] { run(); });
  }
  ~EffectThread() { stop(); }

  boost::asio::io_context& context() noexcept { return context_; }

  void stop() {
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }

 private:
  void run() {
    for (;;) {
      try {
        context_.run();
        return;
      } catch (const std::exception& e) {
        telemetry::log("events").error("effect thread error=\"{}\"", e.what());
      }
    }
  }

  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread thread_;
};

void print_welcome(const host::Node& node, const Settings& settings, std::uint16_t port) {
  const std::string address = settings.http.address.find(':') == std::string::npos
                                  ? settings.http.address
                                  : "[" + settings.http.address + "]";
  const std::string url = "http://" + address + ":" + std::to_string(port);
  std::string hosted;
  for (const std::string& name : settings.modules)
    hosted += (hosted.empty() ? "" : ", ") + name;
  std::printf("orderflow %s, node %s, modules %s\n", ORDERFLOW_VERSION, node.name().c_str(),
              hosted.c_str());
  std::printf("listening on %s\n", url.c_str());
  std::printf("data in %s\n", std::filesystem::absolute(settings.data_folder).c_str());
  if (std::ranges::find(settings.modules, "orders") != settings.modules.end()) {
    std::printf(
        "\nPlace a first order:\n\n"
        "  curl -s %s/v1/orders -H 'Content-Type: application/json' \\\n"
        "    -d '{\"userId\":\"ada\",\"email\":\"ada@example.com\",\"currency\":\"EUR\","
        "\"items\":[{\"productId\":\"book-1\",\"quantity\":1,\"price\":1999}]}'\n\n"
        "Stop with Ctrl-C.\n",
        url.c_str());
  }
  std::fflush(stdout);
}

/// Waits on the calling thread for a reason to stop.
class StopSignal {
 public:
  StopSignal() : signals_(context_, SIGINT, SIGTERM) { listen(); }

  void wait() { context_.run(); }

  /// From any thread.
  void raise() {
    boost::asio::post(context_, [this] { context_.stop(); });
  }

  /// From now on a signal ends the process at once.
  void give_up_on_next() {
    signals_.clear();
    std::signal(SIGINT, [](int) { ::_exit(128 + SIGINT); });
    std::signal(SIGTERM, [](int) { ::_exit(128 + SIGTERM); });
  }

 private:
  void listen() {
    signals_.async_wait([this](boost::system::error_code error, int) {
      if (!error) context_.stop();
    });
  }

  boost::asio::io_context context_{1};
  boost::asio::signal_set signals_;
};

std::chrono::milliseconds left_until(std::chrono::steady_clock::time_point deadline) {
  const auto left = deadline - std::chrono::steady_clock::now();
  return std::max(std::chrono::duration_cast<std::chrono::milliseconds>(left),
                  std::chrono::milliseconds{0});
}

/// False where a module's background work is not done by `deadline`.
bool wait_until_quiet(const std::vector<host::Module*>& modules,
                      std::chrono::steady_clock::time_point deadline) {
  constexpr std::chrono::milliseconds pause{5};
  const auto is_quiet = [](const host::Module* module) { return module->is_quiet(); };
  while (!std::ranges::all_of(modules, is_quiet)) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(pause);
  }
  return true;
}

std::set<std::string> names_of(const std::vector<host::Module*>& modules) {
  std::set<std::string> names;
  for (const host::Module* module : modules)
    names.emplace(module->name());
  return names;
}

std::unique_ptr<rabbitmq::Bridge> make_bridge(const Settings& settings) {
  if (!settings.rabbitmq.on()) return nullptr;
  return std::make_unique<rabbitmq::Bridge>(settings.rabbitmq, ORDERFLOW_VERSION,
                                            core::make_system_random()->next());
}

/// Ends what runs, in the order in which nobody is left with a reference to what is gone: requests
/// wait for the writer, effects for their modules. However `serve` is left.
class OrderlyEnd {
 public:
  OrderlyEnd(http::Server& server, host::Node& node, rabbitmq::Bridge* bridge,
             storage::Backups& backups, EffectThread& effects,
             const std::vector<host::Module*>& hosted)
      : server_(server),
        node_(node),
        bridge_(bridge),
        backups_(backups),
        effects_(effects),
        hosted_(hosted) {}
  ~OrderlyEnd() {
    server_.drain(std::chrono::milliseconds{0});
    if (bridge_ != nullptr) bridge_->stop(std::chrono::milliseconds{0});
    node_.writer().stop();
    backups_.stop();
    effects_.stop();
    for (host::Module* module : hosted_) {
      module->stop();
    }
  }
  OrderlyEnd(const OrderlyEnd&) = delete;
  OrderlyEnd& operator=(const OrderlyEnd&) = delete;

 private:
  http::Server& server_;
  host::Node& node_;
  rabbitmq::Bridge* bridge_;
  storage::Backups& backups_;
  EffectThread& effects_;
  const std::vector<host::Module*>& hosted_;
};

}  // namespace

int serve(const Settings& settings, const std::vector<std::unique_ptr<host::Module>>& modules) {
  require_loopback(settings.http.address);
  std::vector<host::Module*> all;
  std::vector<host::Module*> hosted;
  for (const auto& module : modules) {
    all.push_back(module.get());
    if (std::ranges::find(settings.modules, module->name()) != settings.modules.end()) {
      hosted.push_back(module.get());
    }
  }
  StopSignal stop;
  std::atomic<bool> storage_failed = false;
  std::atomic<bool> stopping = false;
  const core::SystemClock clock;
  EffectThread effects;
  events::AsioTimers timers(effects.context(), clock);
  events::EffectRunner runner(effects.context(), clock);
  const std::unique_ptr<rabbitmq::Bridge> bridge = make_bridge(settings);
  host::Node node({.data_folder = settings.data_folder,
                   .name = settings.node_name,
                   .writer = settings.writer,
                   .retention = settings.retention,
                   .backlog_max = settings.backlog_max,
                   .relay = bridge ? std::optional(bridge->subscription()) : std::nullopt},
                  {.clock = clock,
                   .timers = timers,
                   .launcher = runner,
                   .seed = core::make_system_random()->next(),
                   .on_storage_failure =
                       [&](const std::string&) {
                         storage_failed = true;
                         stop.raise();
                       }},
                  all, hosted);
  runner.attach(node.dispatcher());
  storage::Backups backups(settings.data_folder / "backups", settings.backups_kept, clock,
                           [&node](storage::Connection& copy) {
                             const auto log = copy.session(events::event_owner);
                             return node.services().log.newest(log).value();
                           });
  add_event_routes(node.services(), node.catalog());
  add_backup_routes(node.services(), backups);
  add_destination_routes(node.services());
  const http::Server* serving = nullptr;
  if (bridge) {
    node.services().figures.emplace_back(
        [&bridge](telemetry::Exposition& told) { rabbitmq::tell_figures(told, bridge->status()); });
  }
  add_metrics_routes(node.services(), node.writer(), serving);
  add_health_routes(node.router(), node.writer(), stopping, bridge.get());
  OperatorDesk desk(node.services());
  add_subscription_routes(desk);
  add_dead_letter_routes(desk);
  add_replay_routes(desk);
  add_audit_routes(desk, node.writer());
  console::add_page(node.router());

  http::Server server(settings.http, node.router(), clock);
  serving = &server;
  const OrderlyEnd end(server, node, bridge.get(), backups, effects, hosted);
  if (bridge) {
    bridge->start({.name = node.name(),
                   .hosted = names_of(hosted),
                   .modules = names_of(all),
                   .catalog = node.catalog(),
                   .dispatcher = node.dispatcher(),
                   .clock = clock,
                   .executor = effects.context().get_executor()});
  }
  node.writer().start();
  node.launch_background();
  server.start();
  print_welcome(node, settings, server.port());

  stop.wait();
  stop.give_up_on_next();
  stopping = true;
  telemetry::log("app").info("stopping, running work has up to {} ms",
                             settings.drain_limit.count());
  const auto deadline = std::chrono::steady_clock::now() + settings.drain_limit;
  if (bridge) bridge->drain();
  for (host::Module* module : hosted)
    module->drain();
  server.drain(settings.drain_limit);
  if (!storage_failed) {
    auto quiet = node.dispatcher().stop_effects();
    if (quiet.wait_until(deadline) == std::future_status::timeout) {
      telemetry::log("app").warn("effects still run; they resume at the next start");
    }
    if (!wait_until_quiet(hosted, deadline)) {
      telemetry::log("app").warn("background work still runs; it resumes at the next start");
    }
    if (bridge) bridge->stop(left_until(deadline));
  }
  return storage_failed ? exit_storage_failed : exit_ok;
}

}  // namespace orderflow::app
