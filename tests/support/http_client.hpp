#pragma once

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::test {

/// The peer cannot be reached, or went away before its answer was whole. Whether it took the
/// request is not known.
class ConnectionLost : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpResponse {
  unsigned status = 0;
  HttpHeaders headers;  ///< names in lower case
  std::string body;     ///< chunks joined

  /// The first value of a name in lower case; empty where there is none.
  std::string header(std::string_view name) const;

  /// Throws where the body is not JSON.
  nlohmann::json json() const { return nlohmann::json::parse(body); }
};

/// A blocking HTTP/1.1 client of 127.0.0.1. It connects at the first request and keeps the
/// connection until the server or an error ends it; the next request makes a new one. Nothing is
/// sent twice. Belongs to one thread.
///
/// Throws `ConnectionLost`, and `std::runtime_error` where the peer is silent for longer than
/// `limit` or does not speak HTTP.
class HttpClient {
 public:
  explicit HttpClient(std::uint16_t port,
                      std::chrono::seconds limit = std::chrono::seconds(30)) noexcept;
  ~HttpClient();
  HttpClient(HttpClient&& other) noexcept;
  HttpClient& operator=(HttpClient&&) = delete;

  HttpResponse get(std::string_view target);

  /// Sends `body` as application/json.
  HttpResponse post(std::string_view target, const nlohmann::json& body,
                    const HttpHeaders& headers = {});

  /// Host and Content-Length are added to `headers`.
  HttpResponse send(std::string_view method, std::string_view target, const HttpHeaders& headers,
                    std::string_view body);

 private:
  void connect();
  void disconnect() noexcept;
  void write(std::string_view bytes);
  void receive();
  std::string take(std::size_t size);
  std::string take_line();
  HttpResponse read_response(bool to_head);
  std::string read_chunks();

  std::uint16_t port_;
  std::chrono::seconds limit_;
  int descriptor_ = -1;
  std::string received_;
};

}  // namespace orderflow::test
