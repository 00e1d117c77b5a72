#include "support/tls_client.hpp"

#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <cstdio>
#include <memory>
#include <stdexcept>

namespace orderflow::test {
namespace {

template <class T, void (*end)(T*)>
struct Ends {
  void operator()(T* owned) const noexcept { end(owned); }
};
template <class T, void (*end)(T*)>
using Owned = std::unique_ptr<T, Ends<T, end>>;

void require(bool done, const char* what) {
  if (!done) throw std::runtime_error(std::string("cannot make a certificate: ") + what);
}

template <class Write>
void write_pem(const std::filesystem::path& file, Write write) {
  std::FILE* opened = std::fopen(file.c_str(), "w");
  require(opened != nullptr, file.c_str());
  const bool written = write(opened) == 1;
  require(std::fclose(opened) == 0 && written, file.c_str());
}

}  // namespace

void write_certificate(const std::filesystem::path& certificate, const std::filesystem::path& key,
                       const std::string& name) {
  const Owned<EVP_PKEY, &EVP_PKEY_free> pair(EVP_EC_gen("P-256"));
  const Owned<X509, &X509_free> made(X509_new());
  require(pair && made, "memory");
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
  X509_set_pubkey(made.get(), pair.get());
  X509_NAME* subject = X509_get_subject_name(made.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(made.get(), subject);
  require(X509_sign(made.get(), pair.get(), EVP_sha256()) > 0, "signature");
  write_pem(certificate, [&](std::FILE* file) { return PEM_write_X509(file, made.get()); });
  write_pem(key, [&](std::FILE* file) {
    return PEM_write_PrivateKey(file, pair.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
  ::chmod(key.c_str(), 0600);
}

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
  const Owned<X509, &X509_free> shown(SSL_get1_peer_certificate(stream_.native_handle()));
  char name[128] = "";
  X509_NAME_get_text_by_NID(X509_get_subject_name(shown.get()), NID_commonName, name, sizeof name);
  return name;
}

}  // namespace orderflow::test
