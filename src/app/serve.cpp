#include "app/serve.hpp"

#include "app/node_api.hpp"
#include "app/opened_node.hpp"
#include "app/required_key.hpp"
#include "app/running_node.hpp"
#include "app/stop_signal.hpp"
#include "app/welcome.hpp"
#include "bridge/bridge_metrics.hpp"
#include "cli/exit_code.hpp"
#include "cli/terminal/printing.hpp"
#include "telemetry/exposition.hpp"
#include "telemetry/log.hpp"

#include <unistd.h>
#include <chrono>
#include <filesystem>
#include <memory>
#include <utility>

namespace orderflow::app {
namespace {

/// A service that is asked by SIGHUP to read its files again continues where there are none. What
/// runs in a terminal ends with it.
bool is_service() {
  return ::isatty(STDIN_FILENO) == 0;
}

void reload_certificate(http::TlsCertificate& certificate) {
  try {
    certificate.reload();
    telemetry::log("http").info("certificate read again, for the connections from now on");
  } catch (const http::TlsError& e) {
    telemetry::log("http").error("the certificate stays as it was error=\"{}\"", e.what());
  }
}

/// The certificate that each SIGHUP reads again; null: HTTP without TLS.
std::shared_ptr<const http::TlsCertificate> reloaded_certificate(const Settings& settings,
                                                                 StopSignal& stop) {
  if (settings.tls) {
    const auto certificate = std::make_shared<http::TlsCertificate>(*settings.tls);
    stop.on_hangup([certificate] { reload_certificate(*certificate); });
    return certificate;
  }
  if (is_service()) {
    stop.on_hangup([] { telemetry::log("http").info("no certificate to read again"); });
  }
  return nullptr;
}

/// What breaks into a process of root's has the machine; a node needs none of that.
void warn_of_root() {
  if (::geteuid() != 0) return;
  telemetry::log("app").warn("runs as root, and needs no privilege: give it a user of its own");
}

/// False where the address cannot be printed: the node does not serve unseen.
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

void export_certificate(OpenedNode& opened,
                        std::shared_ptr<const http::TlsCertificate> certificate) {
  if (!certificate) return;
  opened.node.services().metrics.emplace_back(
      [certificate = std::move(certificate)](telemetry::Exposition& metrics) {
        const std::chrono::duration<double> end = certificate->expires_at().time_since_epoch();
        metrics.gauge("orderflow_http_certificate_expiry_timestamp_seconds",
                      "When the certificate of the server ends, since 1970.", end.count());
      });
}

/// Reports that the node stops, and works on until load balancers have noticed.
void retire(OpenedNode& opened, RunningNode& running, StopSignal& stop) {
  const auto lame_duck = lame_duck_of(opened.settings);
  if (lame_duck.count() == 0 || opened.node.writer().failed()) return;
  telemetry::log("app").info("not ready from now on, requests are taken for {} ms more",
                             lame_duck.count());
  running.retire();
  stop.wait_at_most(lame_duck);
}

}  // namespace

int serve(const Settings& settings, const std::vector<std::unique_ptr<host::Module>>& modules) {
  // A node that others can reach is not even begun without a key for them.
  require_key(settings, std::filesystem::exists(settings.data_folder / "orderflow.db"));
  telemetry::LogLevels log_levels(settings.log_levels, settings.log_components);
  warn_of_root();
  StopSignal stop;
  http::ServerOptions options = settings.http;
  options.certificate = reloaded_certificate(settings, stop);

  OpenedNode opened(settings, Modules(modules, settings.modules), [&stop] { stop.raise(); });
  options.tracer = opened.traces.tracer();
  export_certificate(opened, options.certificate);
  NodeApi api(opened, log_levels);
  RunningNode running(opened, api, options);

  opened.node.record_address(url_on_this_machine(options, running.port()));
  const ReachableAt reachable_at{.url = url_of(options, options.address, running.port()),
                                 .key_required = opened.keys.is_required(),
                                 .page = api.has_page()};
  const bool is_printed = try_print_welcome(opened.node.name(), settings, reachable_at);
  if (is_printed) stop.wait();
  stop.give_up_on_next();
  if (is_printed) retire(opened, running, stop);
  running.drain();
  if (opened.node.writer().failed()) return cli::exit_storage_failed;
  return is_printed ? cli::exit_ok : cli::exit_failed;
}

}  // namespace orderflow::app
