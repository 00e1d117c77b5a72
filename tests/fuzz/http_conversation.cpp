#include "fuzz/http_conversation.hpp"

#include "core/random.hpp"
#include "fuzz/finding.hpp"
#include "http/session.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

namespace orderflow::fuzz {
namespace {

using namespace std::chrono_literals;

http::ServerOptions bounds() {
  http::ServerOptions options;
  options.threads = 1;
  options.header_bytes_max = Conversations::header_bytes_max;
  options.body_bytes_max = Conversations::body_bytes_max;
  options.header_timeout = options.body_timeout = options.write_timeout = 1h;
  options.idle_timeout = 1h;
  options.allowed_hosts = {"shop.example"};
  return options;
}

}  // namespace

/// One end of a pair of sockets, whose other end a session has.
class Conversations::Client {
 public:
  explicit Client(http::Worker& worker) {
    std::array<int, 2> ends{};
    require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0,
            "there are sockets");
    descriptor_ = ends[0];
    http::Socket socket(worker.context());
    socket.assign(boost::asio::ip::tcp::v4(), ends[1]);
    worker.state().metrics.connections_open.fetch_add(1);
    http::Session::start(worker, std::move(socket),
                         {.address = "127.0.0.1", .network = "127.0.0.1"}, http::Room::general);
  }
  ~Client() { close(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// How much of `bytes` was taken; all of it where the session listens no more.
  std::size_t send(std::string_view bytes) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) return static_cast<std::size_t>(sent);
    return errno == EAGAIN ? 0 : bytes.size();
  }
  void end() { ::shutdown(descriptor_, SHUT_WR); }
  bool receive(std::string& received) {
    std::array<char, 4096> part{};
    const ssize_t size = ::recv(descriptor_, part.data(), part.size(), 0);
    if (size <= 0) return false;
    received.append(part.data(), static_cast<std::size_t>(size));
    return true;
  }
  void close() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }

 private:
  int descriptor_ = -1;
};

Conversations::Conversations(const http::Router& router)
    : state_(bounds(), router, clock_, metrics_, nullptr), worker_(state_) {}

void Conversations::settle(Client& client, std::string& received) {
  for (bool busy = true; busy;) {
    busy = worker_.context().poll() > 0;
    while (client.receive(received))
      busy = true;
  }
}

std::string Conversations::hold(std::string_view bytes, std::uint64_t pieces) {
  std::string received;
  Client client(worker_);
  core::SeededRandom random(pieces);
  while (!bytes.empty()) {
    const std::size_t size = pieces == 0 ? bytes.size() : 1 + random.below(1U << (pieces % 8));
    bytes.remove_prefix(client.send(bytes.substr(0, size)));
    settle(client, received);
  }
  client.end();
  settle(client, received);
  client.close();
  require_ended();
  return received;
}

void Conversations::cut(std::string_view bytes) {
  Client client(worker_);
  client.send(bytes);
  worker_.context().poll();
  client.close();
  require_ended();
}

void Conversations::require_ended() {
  while (worker_.context().poll() > 0) {
  }
  require(metrics_.connections_open == 0, "a session ends when its client has gone");
}

}  // namespace orderflow::fuzz
