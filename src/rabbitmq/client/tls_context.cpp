#include "rabbitmq/client/tls_context.hpp"

#include "core/c_border.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

namespace orderflow::rabbitmq {
namespace {

int own_index() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

std::string last_reason() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  return reason == nullptr ? "unknown error" : reason;
}

void require(bool done, const std::string& what, const std::filesystem::path& file) {
  if (!done) {
    throw bridge::BrokerRefused(
        0, "TLS: cannot use " + what + " " + file.string() + ": " + last_reason());
  }
}

/// Without it OpenSSL would ask on the terminal.
int no_passphrase(char*, int, int, void*) noexcept {
  return 0;
}

void check_host(SSL_CTX* context, const std::string& host) {
  X509_VERIFY_PARAM* rules = SSL_CTX_get0_param(context);
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const bool is_address = X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) == 1;
  if (!is_address && X509_VERIFY_PARAM_set1_host(rules, host.c_str(), host.size()) != 1) {
    throw bridge::BrokerRefused(0, "TLS: no certificate can be for the host " + host);
  }
}

}  // namespace

TlsContext::TlsContext(SSL_CTX* context, const TlsOptions& options, const std::string& host) {
  ERR_clear_error();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_ex_data(context, own_index(), this);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, core::never_throws(&TlsContext::checked));
  SSL_CTX_set_client_cert_cb(context, core::never_throws(&TlsContext::asked));
  SSL_CTX_set_default_passwd_cb(context, core::never_throws(&no_passphrase));
  if (options.ca_file.empty()) {
    SSL_CTX_set_default_verify_paths(context);
  } else {
    require(SSL_CTX_load_verify_file(context, options.ca_file.c_str()) == 1, "the CA file",
            options.ca_file);
  }
  if (!options.certificate_file.empty()) {
    require(SSL_CTX_use_certificate_chain_file(context, options.certificate_file.c_str()) == 1,
            "the certificate", options.certificate_file);
    require(SSL_CTX_use_PrivateKey_file(context, options.key_file.c_str(), SSL_FILETYPE_PEM) == 1,
            "the private key", options.key_file);
  }
  if (options.verify_host) check_host(context, host);
  ERR_clear_error();
}

int TlsContext::asked(SSL* ssl, X509**, EVP_PKEY**) noexcept {
  auto* self = static_cast<TlsContext*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), own_index()));
  if (self != nullptr) self->lacks_certificate_ = true;
  return 0;
}

int TlsContext::checked(int accepted, X509_STORE_CTX* chain) noexcept {
  if (accepted == 1) return accepted;
  const auto* ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* self = static_cast<TlsContext*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), own_index()));
  if (self != nullptr && self->problem_ == X509_V_OK) {
    self->problem_ = X509_STORE_CTX_get_error(chain);
  }
  return accepted;
}

std::optional<std::string> TlsContext::refusal() const {
  if (problem_ != X509_V_OK) {
    return "the broker's certificate does not count: " +
           std::string(X509_verify_cert_error_string(problem_));
  }
  if (lacks_certificate_) {
    // Its alert has the same reason, but is often lost when it resets the connection.
    return "the broker asks for a certificate and none is set";
  }
  const unsigned long error = ERR_peek_last_error();
  if (error == 0 || ERR_GET_LIB(error) != ERR_LIB_SSL ||
      ERR_GET_REASON(error) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
    return std::nullopt;
  }
  return "the handshake failed: " + last_reason();
}

}  // namespace orderflow::rabbitmq
