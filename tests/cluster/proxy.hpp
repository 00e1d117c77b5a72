#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace orderflow::test {

/// Carries TCP connections to a port of this machine, until it is cut: then what is open gets no
/// byte through any more, neither way, and nobody is notified. Two threads a connection.
class Proxy {
 public:
  explicit Proxy(std::uint16_t target);
  ~Proxy();
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  std::uint16_t port() const noexcept { return port_; }
  void cut() noexcept { is_cut_ = true; }
  void repair() noexcept { is_cut_ = false; }

 private:
  void accept_all();
  void carry(int from, int to);

  const std::uint16_t target_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> is_cut_ = false;
  std::atomic<bool> stopping_ = false;
  std::vector<int> sockets_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace orderflow::test
