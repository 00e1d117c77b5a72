#pragma once

#include "core/clock.hpp"

#include <filesystem>
#include <memory>
#include <mutex>
#include <stdexcept>

namespace boost::asio::ssl {
class context;
}

namespace orderflow::http {

/// A certificate or its key cannot be used; what() names the file and the reason.
class TlsError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A server's certificate and its parameters of TLS: TLS 1.2 and 1.3 with forward secrecy
/// and authenticated ciphers (RFC 9325). Safe from any thread.
class TlsCertificate {
 public:
  struct Files {
    std::filesystem::path certificate;  ///< PEM: the certificate, then its chain
    std::filesystem::path key;          ///< PEM, without a passphrase, unreadable to others
  };

  /// Throws `TlsError`.
  explicit TlsCertificate(Files files);
  ~TlsCertificate();
  TlsCertificate(const TlsCertificate&) = delete;
  TlsCertificate& operator=(const TlsCertificate&) = delete;

  /// Reads the files again, for the connections that come from now on. Throws `TlsError`; then
  /// nothing changes.
  void reload();

  /// When the certificate that new connections get ends being valid.
  core::Timestamp expires_at() const;

  /// For a new connection.
  std::shared_ptr<boost::asio::ssl::context> context() const;

 private:
  const Files files_;
  mutable std::mutex mutex_;
  std::shared_ptr<boost::asio::ssl::context> context_;
};

}  // namespace orderflow::http
