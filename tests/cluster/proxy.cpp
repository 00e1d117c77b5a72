#include "cluster/proxy.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;

// How quickly a cut, its repair or an end is noticed.
constexpr int look_every_ms = 20;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int new_socket() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "socket");
  return descriptor;
}

const sockaddr* as_sockaddr(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

}  // namespace

Proxy::Proxy(std::uint16_t target) : target_(target), listener_(new_socket()) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(listener_, as_sockaddr(address), size) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::system_error(errno, std::generic_category(), "listen");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread(&Proxy::accept_all, this);
}

Proxy::~Proxy() {
  stopping_ = true;
  acceptor_.join();
  for (std::thread& thread : threads_)
    thread.join();
  for (const int descriptor : sockets_)
    ::close(descriptor);
  ::close(listener_);
}

void Proxy::accept_all() {
  while (!stopping_) {
    pollfd source{.fd = listener_, .events = POLLIN, .revents = 0};
    if (::poll(&source, 1, look_every_ms) <= 0 || is_cut_) continue;
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    const int server = new_socket();
    const sockaddr_in address = loopback(target_);
    if (::connect(server, as_sockaddr(address), sizeof address) != 0) {
      ::close(client);
      ::close(server);
      continue;
    }
    sockets_.push_back(client);
    sockets_.push_back(server);
    threads_.emplace_back(&Proxy::carry, this, client, server);
    threads_.emplace_back(&Proxy::carry, this, server, client);
  }
}

void Proxy::carry(int from, int to) {
  std::array<char, 16384> buffer;
  while (!stopping_) {
    if (is_cut_) {
      std::this_thread::sleep_for(std::chrono::milliseconds(look_every_ms));
      continue;
    }
    pollfd source{.fd = from, .events = POLLIN, .revents = 0};
    if (::poll(&source, 1, look_every_ms) <= 0) continue;
    const ssize_t got = ::recv(from, buffer.data(), buffer.size(), 0);
    if (got <= 0) break;
    for (ssize_t sent = 0; sent < got;) {
      const ssize_t some =
          ::send(to, buffer.data() + sent, static_cast<std::size_t>(got - sent), MSG_NOSIGNAL);
      if (some <= 0) return;
      sent += some;
    }
  }
  ::shutdown(to, SHUT_WR);
}

}  // namespace orderflow::test
