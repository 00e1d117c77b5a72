#pragma once

#include "rabbitmq/client/connection.hpp"

#include <openssl/ssl.h>

#include <optional>
#include <string>

namespace orderflow::rabbitmq {

/// How one connection proves and checks certificates: what rabbitmq-c does after the handshake, and
/// for names alone, is done inside of it, for addresses too, with the reason kept. It outlives the
/// handshakes of the context, which call it back.
class TlsContext {
 public:
  /// Throws `BrokerRefused` where a file cannot be used.
  TlsContext(SSL_CTX* context, const TlsOptions& options, const std::string& host);
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  /// Why TLS has refused, where the last call into OpenSSL on this thread failed for a reason that
  /// lasts: a certificate that does not count, a peer that refuses ours or speaks no TLS.
  std::optional<std::string> refusal() const;

 private:
  static int checked(int accepted, X509_STORE_CTX* chain) noexcept;
  static int asked(SSL* ssl, X509** certificate, EVP_PKEY** key) noexcept;

  int problem_ = X509_V_OK;         ///< the first that a check of the chain found
  bool lacks_certificate_ = false;  ///< the broker has asked for one and we have none
};

}  // namespace orderflow::rabbitmq
