#include "outbound/system_certificates.hpp"

#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>
#include <openssl/x509.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace orderflow::outbound {
namespace {

namespace fs = std::filesystem;

/// The variables that OpenSSL reads, as they were before when it ends.
class CertificateVariables {
 public:
  CertificateVariables() : file_(take(file)), folder_(take(folder)) {}
  ~CertificateVariables() {
    give_back(file, file_);
    give_back(folder, folder_);
  }
  CertificateVariables(const CertificateVariables&) = delete;
  CertificateVariables& operator=(const CertificateVariables&) = delete;

  static constexpr const char* file = "SSL_CERT_FILE";
  static constexpr const char* folder = "SSL_CERT_DIR";

 private:
  static std::string take(const char* name) {
    const char* value = std::getenv(name);
    const std::string taken = value == nullptr ? "" : value;
    ::unsetenv(name);
    return taken;
  }
  static void give_back(const char* name, const std::string& value) {
    if (value.empty()) {
      ::unsetenv(name);
    } else {
      ::setenv(name, value.c_str(), 1);
    }
  }

  std::string file_;
  std::string folder_;
};

TEST_CASE("the first bundle that is there is named, where OpenSSL would find nothing by itself") {
  const CertificateVariables variables;
  const test::TemporaryFolder folder;
  const std::vector<fs::path> bundles{folder.path() / "absent.pem", folder.path() / "second.pem",
                                      folder.path() / "third.pem"};
  const bool openssl_has_its_own =
      fs::exists(X509_get_default_cert_file()) || fs::exists(X509_get_default_cert_dir());
  CHECK_FALSE(bundle_to_name(bundles));
  std::ofstream(bundles[2]) << "certificates";
  std::ofstream(bundles[1]) << "certificates";
  const auto named = bundle_to_name(bundles);
  CHECK(named == (openssl_has_its_own ? std::nullopt : std::optional(bundles[1])));
}

TEST_CASE("certificates that the environment names are used") {
  const CertificateVariables variables;
  const test::TemporaryFolder folder;
  const std::vector<fs::path> bundles{folder.path() / "bundle.pem"};
  std::ofstream(bundles[0]) << "certificates";
  for (const char* variable : {CertificateVariables::file, CertificateVariables::folder}) {
    ::setenv(variable, "/nowhere", 1);
    CHECK_FALSE(bundle_to_name(bundles));
    use_system_certificates();
    CHECK(std::string(std::getenv(variable)) == "/nowhere");
    ::unsetenv(variable);
  }
}

}  // namespace
}  // namespace orderflow::outbound
