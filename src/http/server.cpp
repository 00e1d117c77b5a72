#include "http/server.hpp"

#include "http/worker.hpp"
#include "telemetry/log.hpp"

#include <cerrno>
#include <stdexcept>
#include <utility>

namespace orderflow::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

/// How long sessions have to end after their connections were cut.
constexpr std::chrono::milliseconds unwind_time{200};

ServerOptions checked(ServerOptions options) {
  if (options.threads < 1 || options.threads > 64) {
    throw std::invalid_argument("a server has 1 to 64 threads");
  }
  for (std::string& host : options.allowed_hosts) {
    for (char& c : host) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
  }
  return options;
}

/// With SO_REUSEPORT the kernel would let a second server of the same user share the port, and both
/// would get some of the connections. A plain socket still finds the port taken.
void require_free(const tcp::endpoint& endpoint) {
  asio::io_context context;
  tcp::acceptor probe(context);
  probe.open(endpoint.protocol());
  probe.set_option(tcp::acceptor::reuse_address(true));
  probe.bind(endpoint);
}

}  // namespace

class Server::Impl {
 public:
  Impl(ServerOptions options, const Router& router, const core::Clock& clock,
       ServerMetrics& metrics, Authorizer* authorizer)
      : state_(checked(std::move(options)), router, clock, metrics, authorizer) {
    for (unsigned i = 0; i < state_.options.threads; ++i) {
      workers_.push_back(std::make_unique<Worker>(state_));
    }
  }

  ~Impl() { drain(std::chrono::milliseconds{0}); }

  void start() {
    try {
      tcp::endpoint endpoint(asio::ip::make_address(state_.options.address), state_.options.port);
      if (endpoint.port() != 0) require_free(endpoint);
      for (const auto& worker : workers_)
        endpoint = worker->listen(endpoint);
      port_ = endpoint.port();
    } catch (const boost::system::system_error& error) {
      throw std::runtime_error("cannot listen on " + state_.options.address + " port " +
                               std::to_string(state_.options.port) + ": " + error.code().message());
    }
    for (const auto& worker : workers_)
      worker->start();
    running_ = true;
  }

  void retire() {
    if (!running_) return;
    for (const auto& worker : workers_)
      worker->retire();
  }

  void drain(std::chrono::milliseconds limit) {
    if (!std::exchange(running_, false)) return;
    const auto now = std::chrono::steady_clock::now;
    const unsigned count = state_.options.threads;
    const auto began = now();
    for (const auto& worker : workers_)
      worker->end_sessions();
    state_.connection_counts.wait_for_early_sessions(count, began + limit / 2);
    for (const auto& worker : workers_)
      worker->close_port();
    bool ended = state_.connection_counts.wait_for_sessions(count, began + limit);
    if (!ended) {
      const auto open = state_.metrics.connections_open.load();
      if (open > 0) telemetry::log("http").warn("cutting what still runs connections={}", open);
      for (const auto& worker : workers_)
        worker->cut();
      ended = state_.connection_counts.wait_for_sessions(count, now() + unwind_time);
    }
    for (const auto& worker : workers_)
      worker->release();
    if (ended) state_.connection_counts.wait_for_workers(count, now() + unwind_time);
    for (const auto& worker : workers_)
      worker->stop();
    for (const auto& worker : workers_)
      worker->join();
  }

  std::uint16_t port() const noexcept { return port_; }

 private:
  ServerState state_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::uint16_t port_ = 0;
  bool running_ = false;
};

Server::Server(ServerOptions options, const Router& router, const core::Clock& clock,
               ServerMetrics& metrics, Authorizer* authorizer)
    : impl_(std::make_unique<Impl>(std::move(options), router, clock, metrics, authorizer)) {}
Server::~Server() = default;

void Server::start() {
  impl_->start();
}
std::uint16_t Server::port() const noexcept {
  return impl_->port();
}
void Server::retire() {
  impl_->retire();
}
void Server::drain(std::chrono::milliseconds limit) {
  impl_->drain(limit);
}

}  // namespace orderflow::http
