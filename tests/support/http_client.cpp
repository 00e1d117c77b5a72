#include "support/http_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace orderflow::test {
namespace {

[[noreturn]] void fail(const std::string& what) {
  if (errno == EAGAIN || errno == EWOULDBLOCK) throw std::runtime_error(what + ": no answer");
  throw ConnectionLost(what + ": " + std::strerror(errno));
}

/// A connection to a port of the ephemeral range where nobody listens may meet itself (RFC 9293
/// §3.5, simultaneous open).
bool met_itself(int descriptor) noexcept {
  sockaddr_in here{};
  sockaddr_in there{};
  socklen_t size = sizeof here;
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&here), &size);
  size = sizeof there;
  ::getpeername(descriptor, reinterpret_cast<sockaddr*>(&there), &size);
  return here.sin_port == there.sin_port;
}

/// A server ends connections that send nothing for long; nothing was asked on this one then.
bool was_ended(int descriptor) noexcept {
  char next = 0;
  return ::recv(descriptor, &next, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

}  // namespace

std::string HttpResponse::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

HttpClient::HttpClient(std::uint16_t port, std::chrono::seconds limit) noexcept
    : port_(port), limit_(limit) {}

HttpClient::~HttpClient() {
  disconnect();
}

HttpClient::HttpClient(HttpClient&& other) noexcept
    : port_(other.port_),
      limit_(other.limit_),
      descriptor_(std::exchange(other.descriptor_, -1)),
      received_(std::move(other.received_)) {}

HttpResponse HttpClient::get(std::string_view target) {
  return send("GET", target, {}, {});
}

HttpResponse HttpClient::post(std::string_view target, const nlohmann::json& body,
                              const HttpHeaders& headers) {
  HttpHeaders all{{"Content-Type", "application/json"}};
  all.insert(all.end(), headers.begin(), headers.end());
  return send("POST", target, all, body.dump());
}

HttpResponse HttpClient::send(std::string_view method, std::string_view target,
                              const HttpHeaders& headers, std::string_view body) {
  std::string request;
  request.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n");
  for (const auto& [name, value] : headers)
    request.append(name).append(": ").append(value).append("\r\n");
  if (!body.empty() || method == "POST") {
    request.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  }
  request.append("\r\n").append(body);

  try {
    if (descriptor_ >= 0 && was_ended(descriptor_)) disconnect();
    if (descriptor_ < 0) connect();
    write(request);
    HttpResponse response = read_response(method == "HEAD");
    if (response.header("connection") == "close") disconnect();
    return response;
  } catch (...) {
    disconnect();
    throw;
  }
}

void HttpClient::connect() {
  descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor_ < 0) fail("socket");
  const timeval limit{limit_.count(), 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  const int on = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    fail("connect");
  }
  if (met_itself(descriptor_)) throw ConnectionLost("connect: nobody listens");
}

void HttpClient::disconnect() noexcept {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
  received_.clear();
}

void HttpClient::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) fail("send");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void HttpClient::receive() {
  std::array<char, 65536> chunk{};
  const ssize_t size = ::recv(descriptor_, chunk.data(), chunk.size(), 0);
  if (size < 0) fail("receive");
  if (size == 0) throw ConnectionLost("receive: the peer closed the connection");
  received_.append(chunk.data(), static_cast<std::size_t>(size));
}

std::string HttpClient::take(std::size_t size) {
  while (received_.size() < size)
    receive();
  std::string taken = received_.substr(0, size);
  received_.erase(0, size);
  return taken;
}

std::string HttpClient::take_line() {
  std::size_t end = 0;
  while ((end = received_.find("\r\n")) == std::string::npos)
    receive();
  std::string line = take(end + 2);
  line.resize(end);
  return line;
}

HttpResponse HttpClient::read_response(bool to_head) {
  HttpResponse response;
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
  if (to_head || response.status == 204 || response.status == 304) return response;
  if (response.header("transfer-encoding") == "chunked") {
    response.body = read_chunks();
  } else if (const std::string length = response.header("content-length"); !length.empty()) {
    response.body = take(std::stoul(length));
  }
  return response;
}

std::string HttpClient::read_chunks() {
  std::string body;
  for (;;) {
    const std::size_t size = std::stoul(take_line(), nullptr, 16);
    body += take(size);
    if (!take_line().empty()) throw std::runtime_error("a chunk is longer than declared");
    if (size == 0) return body;
  }
}

}  // namespace orderflow::test
