#include "app/serve.hpp"

#include "access/key_ring.hpp"
#include "access/key_store.hpp"
#include "admin/admin_api.hpp"
#include "admin/audit_refusals.hpp"
#include "admin/audit_routes.hpp"
#include "admin/backup_routes.hpp"
#include "admin/dead_letter_routes.hpp"
#include "admin/destination_routes.hpp"
#include "admin/log_level_routes.hpp"
#include "admin/replay_routes.hpp"
#include "admin/subscription_routes.hpp"
#include "api_docs/contracts.hpp"
#include "api_docs/reference_routes.hpp"
#include "api_docs/routing_table.hpp"
#include "app/stop_signal.hpp"
#include "app/traces.hpp"
#include "app/welcome.hpp"
#include "cli/exit_code.hpp"
#include "cli/printing.hpp"
#include "console/module.hpp"
#include "event_api/event_routes.hpp"
#include "events/delivery/timers.hpp"
#include "events/effect_executor.hpp"
#include "host/node.hpp"
#include "http/server.hpp"
#include "key_admin/key_routes.hpp"
#include "key_admin/key_uses.hpp"
#include "monitoring/health_routes.hpp"
#include "monitoring/metrics_routes.hpp"
#include "rabbitmq/bridge.hpp"
#include "rabbitmq/bridge_metrics.hpp"
#include "storage/backups.hpp"
#include "telemetry/log.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <unistd.h>
#include <algorithm>
#include <atomic>
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

/// A node that others can reach is not even begun without a key for them.
void require_key(bool is_there, const Settings& settings) {
  if (is_there || exposure_of(settings.http.address) == access::Exposure::loopback) return;
  throw KeyMissing(
      "http.host: " + settings.http.address +
      " can be reached by others, and this node has no valid API key. Make one first:\n"
      "  orderflow keys create --name admin --scope admin --data " +
      settings.data_folder.string());
}

/// Fills the ring with the keys of the database.
void load_keys(access::KeyRing& ring, const host::Node& node, const core::Clock& clock,
               const Settings& settings) {
  const auto keys = node.services().readers.read(
      access::owner, [](storage::Session session) { return access::all_keys(session); });
  const auto is_valid = [now = clock.now()](const auto& key) { return key.is_valid(now); };
  require_key(std::ranges::any_of(keys, is_valid), settings);
  ring.replace(keys);
}

/// A service that is asked by SIGHUP to read its files anew goes on where there are none. What runs
/// in a terminal ends with it.
bool is_service() {
  return ::isatty(STDIN_FILENO) == 0;
}

void reload_certificate(http::TlsCertificate& certificate) {
  try {
    certificate.reload();
    telemetry::log("http").info("certificate read anew, for the connections from now on");
  } catch (const http::TlsError& e) {
    telemetry::log("http").error("the certificate stays as it was error=\"{}\"", e.what());
  }
}

/// What breaks into a process of root's has the machine; a node needs none of that.
void warn_of_root() {
  if (::geteuid() != 0) return;
  telemetry::log("app").warn("runs as root, and needs no privilege: give it a user of its own");
}

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

/// False where nobody can be told where the node listens: it does not serve unseen.
bool try_print_welcome(const std::string& node, const Settings& settings,
                       const ReachableAt& reachable_at) {
  try {
    print_welcome(node, settings, reachable_at);
    return true;
  } catch (const cli::OutputFailed& e) {
    telemetry::log("app").error("stopping error=\"{}\"", e.what());
    return false;
  }
}

}  // namespace

int serve(const Settings& settings, const std::vector<std::unique_ptr<host::Module>>& modules) {
  require_key(std::filesystem::exists(settings.data_folder / "orderflow.db"), settings);
  telemetry::LogLevels log_levels(settings.log_levels, settings.log_components);
  warn_of_root();
  std::vector<host::Module*> all;
  std::vector<host::Module*> hosted;
  for (const auto& module : modules) {
    all.push_back(module.get());
    if (std::ranges::find(settings.modules, module->name()) != settings.modules.end()) {
      hosted.push_back(module.get());
    }
  }
  http::ServerOptions options = settings.http;
  StopSignal stop;
  if (settings.tls) {
    const auto certificate = std::make_shared<http::TlsCertificate>(*settings.tls);
    options.certificate = certificate;
    stop.on_hangup([certificate] { reload_certificate(*certificate); });
  } else if (is_service()) {
    stop.on_hangup([] { telemetry::log("http").info("no certificate to read anew"); });
  }
  std::atomic<bool> storage_failed = false;
  std::atomic<bool> stopping = false;
  const core::SystemClock clock;
  Traces traces(settings.traces, clock);
  EffectThread effects;
  events::AsioTimers timers(effects.context(), clock);
  events::EffectExecutor executor(effects.context(), clock);
  const std::unique_ptr<rabbitmq::Bridge> bridge = make_bridge(settings);
  host::Node node({.data_folder = settings.data_folder,
                   .data_rule = settings.data_rule,
                   .name = settings.node_name,
                   .version = ORDERFLOW_VERSION,
                   .writer = settings.writer,
                   .retention = settings.retention,
                   .backlog_max = settings.backlog_max,
                   .owners = {access::owner},
                   .relay = bridge ? std::optional(bridge->subscription()) : std::nullopt},
                  {.clock = clock,
                   .timers = timers,
                   .launcher = executor,
                   .seed = core::make_system_random()->next(),
                   .on_storage_failure =
                       [&](const std::string&) {
                         storage_failed = true;
                         stop.raise();
                       },
                   .tracer = traces.tracer()},
                  all, hosted);
  access::KeyRing keys(clock, exposure_of(settings.http.address));
  load_keys(keys, node, clock, settings);
  traces.start(node.name());
  node.services().metrics.emplace_back(
      [&traces](telemetry::Exposition& metrics) { traces.export_metrics(metrics); });
  storage::Backups backups(settings.data_folder / "backups", settings.backups_kept, clock,
                           [&node](storage::Connection& copy) {
                             const auto log = copy.session(events::event_owner);
                             return node.services().log.newest(log).value();
                           });
  event_api::add_event_routes(node.services(), node.catalog());
  admin::add_backup_routes(node.services(), backups);
  admin::add_destination_routes(node.services());
  const http::Server* serving = nullptr;
  if (bridge) {
    node.services().metrics.emplace_back([&bridge](telemetry::Exposition& metrics) {
      rabbitmq::export_metrics(metrics, bridge->status());
    });
  }
  monitoring::add_metrics_routes(node.services(), node.writer(), serving);
  monitoring::add_health_routes(node.router(), node.writer(), clock, stopping, bridge.get());
  admin::AdminApi admin(node.services());
  admin::add_subscription_routes(admin);
  admin::add_dead_letter_routes(admin);
  admin::add_replay_routes(admin);
  admin::add_audit_routes(admin, node.writer());
  admin::add_log_level_routes(admin, log_levels);
  host::Host key_host(access::owner, node.services());
  key_admin::add_key_routes(key_host, keys);
  api_docs::add_routing_table_route(node.router());
  key_admin::keep_key_uses(key_host, keys);
  const bool has_page = console::add_page(node.router());

  api_docs::Contracts contracts;
  api_docs::add_contract_routes(node.router(), contracts);
  api_docs::add_reference_routes(node.router());
  contracts = api_docs::contracts_of(node.router(), node.catalog(), settings.rabbitmq);
  admin::audit_refusals(node.services());

  options.tracer = traces.tracer();
  http::Server server(options, node.router(), clock, &keys);
  serving = &server;
  const OrderlyEnd end(server, node, bridge.get(), backups, effects, hosted);
  if (bridge) {
    bridge->start({.name = node.name(),
                   .hosted = names_of(hosted),
                   .modules = names_of(all),
                   .catalog = node.catalog(),
                   .dispatcher = node.dispatcher(),
                   .clock = clock,
                   .executor = effects.context().get_executor(),
                   .tracer = traces.tracer()});
  }
  node.writer().start();
  node.launch_background();
  server.start();
  node.record_address(url_on_this_machine(options, server.port()));
  const bool is_printed = try_print_welcome(node.name(), settings,
                                            {.url = url_of(options, options.address, server.port()),
                                             .key_required = keys.is_required(),
                                             .page = has_page});
  if (is_printed) stop.wait();
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
  if (storage_failed) return cli::exit_storage_failed;
  return is_printed ? cli::exit_ok : cli::exit_failed;
}

}  // namespace orderflow::app
