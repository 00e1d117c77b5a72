#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

#include <cstdint>
#include <string>

namespace orderflow::test {

/// A blocking TLS connection to 127.0.0.1 that trusts whatever it is shown. Failures throw
/// `boost::system::system_error`.
class TlsClient {
 public:
  /// `version_max` of 0: the newest there is.
  explicit TlsClient(std::uint16_t port, int version_max = 0);
  ~TlsClient();

  void send(const std::string& bytes) { boost::asio::write(stream_, boost::asio::buffer(bytes)); }
  /// Status line, headers and a body of Content-Length.
  std::string read_response();
  /// True where the peer announces its end properly.
  bool is_ended_by_peer();
  /// The name in the certificate of the server.
  std::string server_name();
  std::string cipher() { return SSL_get_cipher_name(stream_.native_handle()); }

 private:
  boost::asio::io_context context_;
  boost::asio::ssl::context tls_{boost::asio::ssl::context::tls_client};
  boost::asio::ssl::stream<boost::asio::ip::tcp::socket> stream_{context_, tls_};
};

}  // namespace orderflow::test
