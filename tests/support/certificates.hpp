#pragma once

#include <filesystem>
#include <string>

namespace orderflow::test {

/// Files in PEM.
struct Certificate {
  std::filesystem::path file;
  std::filesystem::path private_key;
};

/// Issues certificates for tests, with the openssl command, into a folder of the caller's. Members
/// throw `std::runtime_error` where it fails.
class CertificateAuthority {
 public:
  CertificateAuthority(std::filesystem::path folder, std::string name);

  const std::filesystem::path& file() const noexcept { return own_.file; }

  /// For `alternative_name` as openssl writes it: `IP:127.0.0.1` or `DNS:shop.example`.
  Certificate issue(const std::string& name, const std::string& alternative_name) const;

 private:
  std::filesystem::path folder_;
  Certificate own_;
};

}  // namespace orderflow::test
