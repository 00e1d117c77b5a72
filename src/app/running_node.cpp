#include "app/running_node.hpp"

#include "telemetry/log.hpp"

#include <algorithm>
#include <future>
#include <set>
#include <string>
#include <thread>
#include <utility>

namespace orderflow::app {
namespace {

std::set<std::string> names_of(const std::vector<host::Module*>& modules) {
  std::set<std::string> names;
  for (const host::Module* module : modules)
    names.emplace(module->name());
  return names;
}

std::chrono::milliseconds left_until(std::chrono::steady_clock::time_point deadline) {
  const auto left = deadline - std::chrono::steady_clock::now();
  return std::max(std::chrono::duration_cast<std::chrono::milliseconds>(left),
                  std::chrono::milliseconds{0});
}

}  // namespace

EffectThread::EffectThread(boost::asio::io_context& context)
    : context_(context),
      work_(boost::asio::make_work_guard(context_)),
      thread_([this] { run(); }) {}

EffectThread::~EffectThread() {
  context_.stop();
  thread_.join();
}

void EffectThread::run() {
  for (;;) {
    try {
      context_.run();
      return;
    } catch (const std::exception& e) {
      telemetry::log("events").error("effect thread error=\"{}\"", e.what());
    }
  }
}

ModuleThreads::~ModuleThreads() {
  for (host::Module* module : modules_.hosted)
    module->stop();
}

RunningBridge::RunningBridge(OpenedNode& opened) : bridge_(opened.bridge.get()) {
  if (bridge_ == nullptr) return;
  bridge_->start({.name = opened.node.name(),
                  .hosted = names_of(opened.modules.hosted),
                  .modules = names_of(opened.modules.all),
                  .catalog = opened.node.catalog(),
                  .dispatcher = opened.node.dispatcher(),
                  .clock = opened.clock,
                  .tracer = opened.traces.tracer()});
}

RunningBridge::~RunningBridge() {
  if (bridge_ != nullptr) bridge_->stop(std::chrono::milliseconds{0});
}

RunningWriter::RunningWriter(host::Node& node, storage::Backups& backups)
    : node_(node), backups_(backups) {
  node_.writer().start();
  node_.launch_background();
}

RunningWriter::~RunningWriter() {
  node_.writer().stop();
  backups_.stop();
}

RunningNode::RunningNode(OpenedNode& opened, NodeApi& api, http::ServerOptions options)
    : opened_(opened),
      api_(api),
      server_(std::move(options), api.router(), opened.clock, api.server_metrics(), &opened.keys),
      module_threads_(opened.modules),
      effect_thread_(opened.effects),
      bridge_(opened),
      writer_(opened.node, api.backups()),
      listening_(server_) {}

void RunningNode::retire() {
  api_.report_stopping();
  server_.retire();
}

void RunningNode::drain() {
  const std::chrono::milliseconds limit = opened_.settings.drain_limit;
  retire();
  telemetry::log("app").info("stopping, running work has up to {} ms", limit.count());
  const Deadline deadline = std::chrono::steady_clock::now() + limit;
  if (opened_.bridge) opened_.bridge->drain();
  for (host::Module* module : opened_.modules.hosted)
    module->drain();
  server_.drain(limit);
  if (!opened_.node.writer().failed()) finish_work(deadline);
}

void RunningNode::finish_work(Deadline deadline) {
  auto quiet = opened_.node.dispatcher().stop_effects();
  if (quiet.wait_until(deadline) == std::future_status::timeout) {
    telemetry::log("app").warn("effects still run; they resume at the next start");
  }
  if (!wait_until_quiet(deadline)) {
    telemetry::log("app").warn("background work still runs; it resumes at the next start");
  }
  if (opened_.bridge) opened_.bridge->stop(left_until(deadline));
}

bool RunningNode::wait_until_quiet(Deadline deadline) const {
  constexpr std::chrono::milliseconds pause{5};
  const auto is_quiet = [](const host::Module* module) { return module->is_quiet(); };
  while (!std::ranges::all_of(opened_.modules.hosted, is_quiet)) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(pause);
  }
  return true;
}

}  // namespace orderflow::app
