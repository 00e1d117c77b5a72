#include "outbound/system_certificates.hpp"

#include <openssl/x509.h>

#include <array>
#include <cstdlib>
#include <system_error>

namespace orderflow::outbound {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path) {
  std::error_code failed;
  return fs::exists(path, failed);
}

}  // namespace

std::span<const fs::path> certificate_bundles() noexcept {
  static const std::array<fs::path, 5> bundles{
      "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Ubuntu, Arch, Alpine, Gentoo
      "/etc/pki/tls/certs/ca-bundle.crt",                   // Fedora, Red Hat
      "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // newer ones of these
      "/etc/ssl/ca-bundle.pem",                             // SUSE
      "/etc/ssl/cert.pem"};                                 // BSD, macOS
  return bundles;
}

std::optional<fs::path> bundle_to_name(std::span<const fs::path> bundles) {
  for (const char* variable : {X509_get_default_cert_file_env(), X509_get_default_cert_dir_env()})
    if (std::getenv(variable) != nullptr) return std::nullopt;
  if (is_there(X509_get_default_cert_file()) || is_there(X509_get_default_cert_dir())) {
    return std::nullopt;
  }
  for (const fs::path& bundle : bundles)
    if (is_there(bundle)) return bundle;
  return std::nullopt;
}

void use_system_certificates() {
  const auto bundle = bundle_to_name(certificate_bundles());
  if (bundle) ::setenv(X509_get_default_cert_file_env(), bundle->c_str(), 1);
}

}  // namespace orderflow::outbound
