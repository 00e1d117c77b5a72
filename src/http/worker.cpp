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

/// Long enough for descriptors to be freed, short enough not to be noticed.
constexpr std::chrono::milliseconds accept_pause{50};

Peer peer_at(const asio::ip::address& address) {
  if (address.is_v4()) return {address.to_string(), address.to_string(), address.is_loopback()};
  const asio::ip::address_v6 six = address.to_v6();
  if (six.is_v4_mapped()) {
    const std::string four = asio::ip::make_address_v4(asio::ip::v4_mapped, six).to_string();
    return {four, four, asio::ip::make_address_v4(asio::ip::v4_mapped, six).is_loopback()};
  }
  // A client that has one address of a /64 has them all (RFC 6177).
  auto bytes = six.to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
  return {six.to_string(), asio::ip::address_v6(bytes).to_string(), six.is_loopback()};
}

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
  // Accepted sockets inherit it: small answers are sent without delay.
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
  state_.connection_counts.worker_ended();
}

asio::awaitable<void> Worker::accept_connections() {
  bool failing = false;
  while (!has_closed_port()) {
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
    if (has_closed_port()) break;
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
  Peer from = peer_at(peer.address());
  // Its share first: a client that has used it up ends nobody else's connection.
  const bool has_share = state_.connections_by_address.take(from.network, from.is_local);
  const auto room = has_share ? find_room() : std::nullopt;
  if (room) {
    state_.metrics.connections_accepted.fetch_add(1, std::memory_order_relaxed);
    Session::start(*this, std::move(socket), std::move(from), *room);
    return;
  }
  if (has_share) state_.connections_by_address.give_back(from.network, from.is_local);
  state_.metrics.connections_refused.fetch_add(1, std::memory_order_relaxed);
  Session::refuse(*this, std::move(socket), has_share ? server_full : client_full);
}

std::optional<Room> Worker::find_room() {
  const auto take = [this](Room room, std::size_t max) {
    auto& open = state_.open_in(room);
    if (open.fetch_add(1) < max) return true;
    open.fetch_sub(1);
    return false;
  };
  const std::size_t all = state_.options.connections_max;
  if (take(Room::general, all)) return Room::general;
  if (end_longest_waiting() && take(Room::general, all)) return Room::general;
  if (take(Room::reserve, std::max<std::size_t>(all / 16, 2))) return Room::reserve;
  return std::nullopt;
}

bool Worker::end_longest_waiting() {
  // Some of those at the front may just have been sent something.
  constexpr int looked_at_max = 8;
  int looked_at = 0;
  for (Session* session : waiting_) {
    if (++looked_at > looked_at_max) return false;
    if (!session->may_make_room()) continue;
    const auto longest = session->shared_from_this();
    longest->make_room();
    state_.metrics.connections_ended.fetch_add(1, std::memory_order_relaxed);
    return true;
  }
  return false;
}

/// Visits a snapshot of the sessions: one may end while another is visited.
template <class Visit>
void Worker::for_each_session(Visit visit) {
  std::vector<std::shared_ptr<Session>> present;
  present.reserve(busy_.size() + waiting_.size());
  for (const auto* sessions : {&busy_, &waiting_}) {
    for (Session* session : *sessions) {
      if (auto alive = session->weak_from_this().lock()) present.push_back(std::move(alive));
    }
  }
  for (const auto& session : present)
    visit(*session);
}

bool Worker::take_refusal_slot() noexcept {
  constexpr std::size_t refusals_max = 64;
  if (refusals_open_ >= refusals_max) return false;
  ++refusals_open_;
  return true;
}

Worker::SessionHandle Worker::enter(Session& session) {
  state_.connection_counts.session_began(!ends_sessions());
  return busy_.insert(busy_.end(), &session);
}

void Worker::leave(SessionHandle handle, bool is_early) {
  busy_.erase(handle);
  state_.connection_counts.session_ended(is_early);
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

void Worker::retire() {
  asio::post(context_, [this] { stage_ = std::max(stage_, Stage::retiring); });
}

void Worker::end_sessions() {
  asio::post(context_, [this] {
    stage_ = Stage::ending_sessions;
    for_each_session([](Session& session) { session.drain(); });
    state_.connection_counts.worker_ends_sessions();
  });
}

void Worker::close_port() {
  asio::post(context_, [this] {
    accept_those_waiting();
    stage_ = Stage::port_closed;
    error_code ignored;
    acceptor_.close(ignored);
    accept_pause_.cancel();
    for_each_session([](Session& session) { session.drain(); });
    state_.connection_counts.worker_closed_port();
  });
}

void Worker::accept_those_waiting() {
  // Closing the socket would reset them. More come meanwhile: only as many as can have waited.
  error_code error;
  acceptor_.non_blocking(true, error);
  for (int taken = 0; !error && taken < tcp::acceptor::max_listen_connections; ++taken) {
    tcp::endpoint peer;
    Socket socket(context_);
    acceptor_.accept(socket, peer, error);
    if (!error) admit(std::move(socket), peer);
  }
}

void Worker::cut() {
  asio::post(context_, [this] { for_each_session([](Session& session) { session.cut(); }); });
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
