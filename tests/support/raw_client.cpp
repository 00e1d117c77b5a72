#include "support/raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace orderflow::test {
namespace {

[[noreturn]] void fail_raw(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

}  // namespace

std::string RawResponse::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

bool RawResponse::has(std::string_view name) const {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const auto& field) { return field.first == name; });
}

RawClient::RawClient(std::uint16_t port, int receive_buffer_bytes)
    : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (descriptor_ < 0) fail_raw("socket");
  if (receive_buffer_bytes > 0) {
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
                 sizeof receive_buffer_bytes);
  }
  // Each send is a segment of its own and leaves at once.
  const int on = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const timeval limit{10, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const int reason = errno;
    close();
    errno = reason;
    fail_raw("connect");
  }
}

RawClient::~RawClient() {
  close();
}

RawClient::RawClient(RawClient&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), received_(std::move(other.received_)) {}

void RawClient::close() noexcept {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

bool RawClient::try_send(std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void RawClient::send(std::string_view bytes) {
  if (!try_send(bytes)) fail_raw("send");
}

bool RawClient::receive() {
  std::array<char, 16384> chunk{};
  const ssize_t size = ::recv(descriptor_, chunk.data(), chunk.size(), 0);
  if (size < 0 && errno != ECONNRESET) fail_raw("receive");
  if (size <= 0) return false;
  received_.append(chunk.data(), static_cast<std::size_t>(size));
  return true;
}

std::string RawClient::take(std::size_t size) {
  while (received_.size() < size) {
    if (!receive()) throw std::runtime_error("the connection ended within a response");
  }
  std::string taken = received_.substr(0, size);
  received_.erase(0, size);
  return taken;
}

std::string RawClient::take_line() {
  std::size_t end = 0;
  while ((end = received_.find("\r\n")) == std::string::npos) {
    if (!receive()) throw std::runtime_error("the connection ended within a response");
  }
  std::string line = take(end + 2);
  line.resize(end);
  return line;
}

RawResponse RawClient::read_head() {
  RawResponse response;
  const std::string status_line = take_line();
  if (!status_line.starts_with("HTTP/1.1 ")) throw std::runtime_error("not HTTP: " + status_line);
  response.status = static_cast<unsigned>(std::stoul(status_line.substr(9, 3)));
  for (std::string line = take_line(); !line.empty(); line = take_line()) {
    const std::size_t colon = line.find(": ");
    if (colon == std::string::npos) throw std::runtime_error("not a header: " + line);
    std::string name = line.substr(0, colon);
    for (char& c : name) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    response.headers.emplace_back(std::move(name), line.substr(colon + 2));
  }
  return response;
}

std::optional<std::string> RawClient::read_chunk() {
  const std::size_t size = std::stoul(take_line(), nullptr, 16);
  std::string chunk = take(size);
  if (!take_line().empty()) throw std::runtime_error("a chunk is longer than declared");
  if (size == 0) return std::nullopt;
  return chunk;
}

RawResponse RawClient::read_response(bool to_head) {
  RawResponse response = read_head();
  if (to_head || response.status < 200 || response.status == 204) return response;
  if (response.header("transfer-encoding") == "chunked") {
    while (const auto chunk = read_chunk())
      response.body += *chunk;
  } else if (response.has("content-length")) {
    response.body = take(std::stoul(response.header("content-length")));
  } else {
    response.body = read_until_close();
  }
  return response;
}

std::string RawClient::read_until_close() {
  while (receive()) {
  }
  return std::exchange(received_, {});
}

}  // namespace orderflow::test
