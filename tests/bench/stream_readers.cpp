// Reads the live stream of events of a node on this machine over many connections, as cheaply as it
// can, for the readers share the processors with the node.
//
//   stream_readers PORT READERS        with an API key in ORDERFLOW_API_KEY, if there is one
//
// Prints "reading" when all of them are connected and greeted, and name=value pairs when standard
// input ends: the events that one of them has read, the bytes of them all, and how many connections
// the node has ended.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::size_t chunk_bytes = 256 << 10;

int connect_to(std::uint16_t port, const std::string& request) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool is_open =
      ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::send(socket, request.data(), request.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(request.size());
  if (!is_open) throw std::runtime_error("cannot connect");
  return socket;
}

std::string request_text() {
  std::string text = "GET /v1/events/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  if (const char* key = std::getenv("ORDERFLOW_API_KEY"))
    text += "Authorization: Bearer " + std::string(key) + "\r\n";
  return text + "\r\n";
}

class Readers {
 public:
  Readers(std::uint16_t port, std::size_t count) : poll_(::epoll_create1(EPOLL_CLOEXEC)) {
    const std::string request = request_text();
    for (std::size_t i = 0; i < count; ++i) {
      const int socket = connect_to(port, request);
      sockets_.push_back(socket);
      greet(socket);
      watch(socket);
    }
    watch(STDIN_FILENO);
  }
  ~Readers() {
    for (const int socket : sockets_)
      ::close(socket);
    ::close(poll_);
  }
  Readers(const Readers&) = delete;
  Readers& operator=(const Readers&) = delete;

  void read_until_input() {
    std::array<epoll_event, 64> ready{};
    for (;;) {
      const int count = ::epoll_wait(poll_, ready.data(), static_cast<int>(ready.size()), -1);
      for (int i = 0; i < count; ++i) {
        const int socket = ready[static_cast<std::size_t>(i)].data.fd;
        if (socket == STDIN_FILENO) return;
        if (socket == sockets_.front()) {
          read_events(socket);
        } else {
          skip(socket);
        }
      }
    }
  }

  void print() const {
    std::printf("events=%llu bytes=%llu ended=%llu\n", static_cast<unsigned long long>(events_),
                static_cast<unsigned long long>(bytes_), static_cast<unsigned long long>(ended_));
  }

 private:
  void watch(int descriptor) {
    epoll_event wanted{.events = EPOLLIN, .data = {.fd = descriptor}};
    if (::epoll_ctl(poll_, EPOLL_CTL_ADD, descriptor, &wanted) != 0)
      throw std::runtime_error("cannot watch a connection");
  }

  /// The head of the answer and the first bytes of its body, so that the reader is known to it.
  void greet(int socket) {
    std::string head;
    while (head.find(": the log from place") == std::string::npos) {
      const ssize_t count = ::recv(socket, buffer_.data(), buffer_.size(), 0);
      if (count <= 0) throw std::runtime_error("the node has ended a stream");
      head.append(buffer_.data(), static_cast<std::size_t>(count));
      if (!head.starts_with("HTTP/1.1 200")) throw std::runtime_error(head);
    }
  }

  void read_events(int socket) {
    const ssize_t count = ::recv(socket, buffer_.data(), buffer_.size(), 0);
    if (!is_more(socket, count)) return;
    const std::string_view text(buffer_.data(), static_cast<std::size_t>(count));
    for (auto at = text.find("\nevent: "); at != std::string_view::npos;
         at = text.find("\nevent: ", at + 1))
      ++events_;
  }

  void skip(int socket) { is_more(socket, ::recv(socket, nullptr, chunk_bytes, MSG_TRUNC)); }

  bool is_more(int socket, ssize_t count) {
    if (count > 0) {
      bytes_ += static_cast<std::uint64_t>(count);
      return true;
    }
    ++ended_;
    ::epoll_ctl(poll_, EPOLL_CTL_DEL, socket, nullptr);
    return false;
  }

  int poll_;
  std::vector<int> sockets_;
  std::vector<char> buffer_ = std::vector<char>(chunk_bytes);
  std::uint64_t events_ = 0, bytes_ = 0, ended_ = 0;
};

}  // namespace

int main(int count, char** arguments) {
  const unsigned long port = count == 3 ? std::strtoul(arguments[1], nullptr, 10) : 0;
  const unsigned long readers = count == 3 ? std::strtoul(arguments[2], nullptr, 10) : 0;
  if (port == 0 || port > 65'535 || readers == 0 || readers > 10'000) {
    std::fprintf(stderr, "usage: stream_readers PORT READERS\n");
    return 2;
  }
  try {
    Readers reading(static_cast<std::uint16_t>(port), readers);
    std::printf("reading\n");
    std::fflush(stdout);
    reading.read_until_input();
    reading.print();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "stream_readers: %s\n", error.what());
    return 1;
  }
}
