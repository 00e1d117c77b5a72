#pragma once

#include "app/node_api.hpp"
#include "app/opened_node.hpp"
#include "http/server.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <thread>

namespace orderflow::app {

// What runs of a node, each part from its construction to its destruction.

/// The thread that effects run on.
class EffectThread {
 public:
  /// `context` outlives it.
  explicit EffectThread(boost::asio::io_context& context);
  /// Joins it; what has not ended stays suspended in the context.
  ~EffectThread();
  EffectThread(const EffectThread&) = delete;
  EffectThread& operator=(const EffectThread&) = delete;

 private:
  void run();

  boost::asio::io_context& context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread thread_;
};

/// Threads of the modules' own: they have begun in `install`, and end here.
class ModuleThreads {
 public:
  explicit ModuleThreads(const Modules& modules) noexcept : modules_(modules) {}
  ~ModuleThreads();
  ModuleThreads(const ModuleThreads&) = delete;
  ModuleThreads& operator=(const ModuleThreads&) = delete;

 private:
  const Modules& modules_;
};

/// The connection with other nodes, where there is one.
class RunningBridge {
 public:
  /// The writer of the node has not started.
  explicit RunningBridge(OpenedNode& opened);
  ~RunningBridge();
  RunningBridge(const RunningBridge&) = delete;
  RunningBridge& operator=(const RunningBridge&) = delete;

 private:
  bridge::Bridge* const bridge_;
};

/// The writer, with the background work and the backups that write through it.
class RunningWriter {
 public:
  RunningWriter(host::Node& node, storage::Backups& backups);
  ~RunningWriter();
  RunningWriter(const RunningWriter&) = delete;
  RunningWriter& operator=(const RunningWriter&) = delete;

 private:
  host::Node& node_;
  storage::Backups& backups_;
};

/// The connections of clients.
class RunningServer {
 public:
  /// Throws what `http::Server::start` throws.
  explicit RunningServer(http::Server& server) : server_(server) { server_.start(); }
  /// Cuts those that are left.
  ~RunningServer() { server_.drain(std::chrono::milliseconds{0}); }
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

 private:
  http::Server& server_;
};

/// The last phase: a node that works and serves its routes, from construction to destruction. The
/// members begin in their order and end in the reverse one, so that nobody is left with a reference
/// to what is gone: requests wait for the writer, effects for their modules.
class RunningNode {
 public:
  /// Both outlive it. `options` are those of the server. Throws what `http::Server` and
  /// `bridge::Bridge` throw at start.
  RunningNode(OpenedNode& opened, NodeApi& api, http::ServerOptions options);

  /// Where it listens.
  std::uint16_t port() const noexcept { return server_.port(); }

  /// From now on the node reports that it stops, and connections end after an answer; it works on
  /// and takes requests until `drain`.
  void retire();

  /// Ends in good order what runs, within the limit of the settings: running requests and
  /// effects finish, the port is closed, and what is left resumes at the next start. Where storage
  /// has failed, requests alone are waited for.
  void drain();

 private:
  using Deadline = std::chrono::steady_clock::time_point;

  void finish_work(Deadline deadline);
  bool wait_until_quiet(Deadline deadline) const;

  OpenedNode& opened_;
  NodeApi& api_;
  http::Server server_;  ///< drops the handlers that were cut when what they wait for is at rest
  ModuleThreads module_threads_;
  EffectThread effect_thread_;
  RunningBridge bridge_;
  RunningWriter writer_;
  RunningServer listening_;
};

}  // namespace orderflow::app
