#include "http/worker.hpp"

#include "http/session.hpp"
#include "telemetry/log.hpp"
#include "telemetry/tracer.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <utility>
#include <vector>

namespace orderflow::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// Long enough for descriptors to be freed, short enough to go unnoticed.
constexpr std::chrono::milliseconds accept_pause{50};

/// Visits the sessions of a moment: one may end while another is visited.
template <class Visit>
void for_each_session(const std::unordered_set<Session*>& sessions, Visit visit) {
  std::vector<std::shared_ptr<Session>> present;
  present.reserve(sessions.size());
  for (Session* session : sessions) {
    if (auto alive = session->weak_from_this().lock()) present.push_back(std::move(alive));
  }
  for (const auto& session : present)
    visit(*session);
}

Peer peer_at(const asio::ip::address& address) {
  if (address.is_v4()) return {address.to_string(), address.to_string()};
  const asio::ip::address_v6 six = address.to_v6();
  if (six.is_v4_mapped()) {
    const std::string four = asio::ip::make_address_v4(asio::ip::v4_mapped, six).to_string();
    return {four, four};
  }
  // Whoever has one address of a /64 has them all (RFC 6177).
  auto bytes = six.to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
  return {six.to_string(), asio::ip::address_v6(bytes).to_string()};
}

const Problem server_full{503, "too-many-connections", "Too many connections",
                          "The server has as many open connections as it may have."};
const Problem client_full{429, "too-many-connections", "Too many connections",
                          "This address has as many open connections as it may have."};

}  // namespace

std::string describe(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "unknown exception";
  }
}

Worker::Worker(ServerState& state)
    : state_(state),
      log_(telemetry::log("http")),
      ids_(state.clock, core::make_system_random()),
      random_(core::make_system_random()) {}

Worker::~Worker() {
  stop();
  join();
}

tcp::endpoint Worker::listen(const tcp::endpoint& endpoint) {
  acceptor_.open(endpoint.protocol());
  acceptor_.set_option(tcp::acceptor::reuse_address(true));
  const int on = 1;
  if (::setsockopt(acceptor_.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) {
    throw boost::system::system_error(errno, boost::system::system_category());
  }
  // Accepted sockets inherit it: small answers leave at once.
  acceptor_.set_option(tcp::no_delay(true));
  acceptor_.bind(endpoint);
  acceptor_.listen(tcp::acceptor::max_listen_connections);
  return acceptor_.local_endpoint();
}

void Worker::start() {
  asio::co_spawn(context_, accept_connections(), [this](const std::exception_ptr& failure) {
    if (failure) log_.error("accepting ended error={}", describe(failure));
  });
  thread_ = std::thread([this] { run(); });
}

void Worker::run() noexcept {
  for (;;) {
    try {
      context_.run();
      break;
    } catch (...) {
      log_.error("handler of an I/O thread failed error={}", describe(std::current_exception()));
    }
  }
  state_.census.worker_ended();
}

asio::awaitable<void> Worker::accept_connections() {
  bool failing = false;
  while (!draining_) {
    error_code error;
    try {
      tcp::endpoint peer;
      Socket socket(context_);
      co_await acceptor_.async_accept(socket, peer,
                                      asio::redirect_error(asio::use_awaitable, error));
      if (!error) admit(std::move(socket), peer);
    } catch (const std::exception& failure) {
      log_.error("connection dropped error={}", failure.what());
    }
    if (draining_) break;
    const bool persists = error && error != asio::error::connection_aborted;
    if (persists) {
      if (!failing) log_.warn("cannot accept connections error={}", error.message());
      accept_pause_.expires_after(accept_pause);
      error_code cancelled;
      co_await accept_pause_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    }
    failing = persists;
  }
}

void Worker::admit(Socket socket, const tcp::endpoint& peer) {
  const bool has_room = state_.connections_open.fetch_add(1) < state_.options.connections_max;
  Peer from = peer_at(peer.address());
  if (has_room && state_.connections_by_address.take(from.network)) {
    state_.connections_accepted.fetch_add(1, std::memory_order_relaxed);
    Session::start(*this, std::move(socket), std::move(from));
    return;
  }
  state_.connections_open.fetch_sub(1);
  state_.connections_refused.fetch_add(1, std::memory_order_relaxed);
  Session::refuse(*this, std::move(socket), has_room ? client_full : server_full);
}

bool Worker::take_refusal_place() noexcept {
  constexpr std::size_t refusals_max = 64;
  if (refusals_open_ >= refusals_max) return false;
  ++refusals_open_;
  return true;
}

void Worker::enter(Session& session) {
  sessions_.insert(&session);
  state_.census.session_began();
}

void Worker::leave(Session& session) {
  if (sessions_.erase(&session) > 0) state_.census.session_ended();
}

core::TraceContext Worker::make_trace(const Request& request) {
  core::TraceContext trace;
  const auto given = request.header("x-correlation-id");
  trace.correlation_id =
      given && core::is_visible_ascii(*given, 128) ? std::string(*given) : ids_.next().to_string();
  const auto caller = request.header("traceparent").value_or(std::string_view{});
  trace.traceparent = core::child_traceparent(caller, *random_);
  const telemetry::Tracer* tracer = state_.options.tracer;
  if (tracer != nullptr && !core::is_traceparent(caller)) tracer->decide(trace.traceparent);
  return trace;
}

void Worker::drain() {
  asio::post(context_, [this] {
    draining_ = true;
    error_code ignored;
    acceptor_.close(ignored);
    accept_pause_.cancel();
    for_each_session(sessions_, [](Session& session) { session.drain(); });
    state_.census.worker_drains();
  });
}

void Worker::cut() {
  asio::post(context_,
             [this] { for_each_session(sessions_, [](Session& session) { session.cut(); }); });
}

void Worker::release() {
  asio::post(context_, [this] { work_.reset(); });
}

void Worker::stop() {
  context_.stop();
}

void Worker::join() {
  if (thread_.joinable()) thread_.join();
}

}  // namespace orderflow::http
