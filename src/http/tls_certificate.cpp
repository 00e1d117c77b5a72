#include "http/tls_certificate.hpp"

#include "core/c_border.hpp"

#include <boost/asio/ssl/context.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <sys/stat.h>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <string>
#include <utility>

namespace orderflow::http {
namespace {

namespace ssl = boost::asio::ssl;

constexpr const char* ciphers_of_tls_1_2 = "ECDHE+AESGCM:ECDHE+CHACHA20";

void require_readable(const std::filesystem::path& file, bool secret) {
  struct stat state {};
  if (::stat(file.c_str(), &state) != 0) {
    throw TlsError("cannot read " + file.string() + ": " + std::strerror(errno));
  }
  if (!S_ISREG(state.st_mode)) throw TlsError(file.string() + " is not a file");
  if (secret && (state.st_mode & S_IRWXO) != 0) {
    throw TlsError(file.string() +
                   " holds a private key and is open to every user of this machine: chmod 600 it");
  }
}

[[noreturn]] void refuse(const std::filesystem::path& file, const char* what) {
  char reason[256] = "unknown";
  const unsigned long code = ERR_peek_last_error();
  if (code != 0) ERR_error_string_n(code, reason, sizeof reason);
  ERR_clear_error();
  throw TlsError(file.string() + " " + what + " (" + reason + ")");
}

/// Without it OpenSSL would ask the terminal.
int no_passphrase(char*, int, int, void*) noexcept {
  return 0;
}

std::shared_ptr<ssl::context> make_context(const TlsCertificate::Files& files) {
  require_readable(files.certificate, false);
  require_readable(files.key, true);
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX* handle = context->native_handle();
  ERR_clear_error();
  SSL_CTX_set_default_passwd_cb(handle, core::never_throws(&no_passphrase));
  SSL_CTX_set_options(handle, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                  SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
                                  SSL_OP_IGNORE_UNEXPECTED_EOF);
  if (SSL_CTX_set_min_proto_version(handle, TLS1_2_VERSION) != 1 ||
      SSL_CTX_set_cipher_list(handle, ciphers_of_tls_1_2) != 1) {
    throw TlsError("the OpenSSL of this machine has no ciphers for TLS 1.2");
  }
  if (SSL_CTX_use_certificate_chain_file(handle, files.certificate.c_str()) != 1) {
    refuse(files.certificate, "is no certificate in PEM");
  }
  if (SSL_CTX_use_PrivateKey_file(handle, files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    refuse(files.key,
           "is no private key in PEM without a passphrase, or not that of the certificate");
  }
  if (SSL_CTX_check_private_key(handle) != 1) {
    refuse(files.key, "is not the key of the certificate");
  }
  return context;
}

core::Timestamp end_of(const X509& certificate) {
  std::tm end{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(&certificate), &end) != 1) return {};
  return core::Timestamp{std::chrono::seconds{::timegm(&end)}};
}

}  // namespace

TlsCertificate::TlsCertificate(Files files)
    : files_(std::move(files)), context_(make_context(files_)) {}

TlsCertificate::~TlsCertificate() = default;

void TlsCertificate::reload() {
  auto fresh = make_context(files_);
  const std::lock_guard lock(mutex_);
  context_ = std::move(fresh);
}

core::Timestamp TlsCertificate::expires_at() const {
  return end_of(*SSL_CTX_get0_certificate(context()->native_handle()));
}

std::shared_ptr<ssl::context> TlsCertificate::context() const {
  const std::lock_guard lock(mutex_);
  return context_;
}

}  // namespace orderflow::http
