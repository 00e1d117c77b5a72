#include "support/tls_client.hpp"

#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>

#include <openssl/x509.h>

#include <sys/socket.h>
#include <sys/time.h>
#include <memory>

namespace orderflow::test {
namespace {

struct EndCertificate {
  void operator()(X509* owned) const noexcept { X509_free(owned); }
};

}  // namespace

TlsClient::TlsClient(std::uint16_t port, int version_max) {
  if (version_max != 0) {
    SSL* handle = stream_.native_handle();
    SSL_set_security_level(handle, 0);
    SSL_set_min_proto_version(handle, 0);
    SSL_set_max_proto_version(handle, version_max);
  }
  auto& socket = stream_.next_layer();
  socket.connect({boost::asio::ip::address_v4::loopback(), port});
  const timeval patience{.tv_sec = 10, .tv_usec = 0};
  ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  stream_.handshake(boost::asio::ssl::stream_base::client);
}

TlsClient::~TlsClient() = default;

std::string TlsClient::read_response() {
  std::string response;
  boost::asio::read_until(stream_, boost::asio::dynamic_buffer(response), "\r\n\r\n");
  const std::size_t head = response.find("\r\n\r\n") + 4;
  const std::size_t field = response.find("Content-Length: ");
  if (field == std::string::npos || field > head) return response;
  const std::size_t length = std::stoul(response.substr(field + 16));
  const std::size_t have = response.size() - head;
  if (have < length) {
    boost::asio::read(stream_, boost::asio::dynamic_buffer(response),
                      boost::asio::transfer_exactly(length - have));
  }
  return response;
}

bool TlsClient::is_ended_by_peer() {
  char byte = 0;
  boost::system::error_code error;
  stream_.read_some(boost::asio::buffer(&byte, 1), error);
  return error == boost::asio::error::eof;
}

std::string TlsClient::server_name() {
  const std::unique_ptr<X509, EndCertificate> shown(
      SSL_get1_peer_certificate(stream_.native_handle()));
  char name[128] = "";
  X509_NAME_get_text_by_NID(X509_get_subject_name(shown.get()), NID_commonName, name, sizeof name);
  return name;
}

}  // namespace orderflow::test
