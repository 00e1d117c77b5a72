#include "support/certificates.hpp"

#include "support/process.hpp"

#include <chrono>
#include <stdexcept>
#include <utility>
#include <vector>

namespace orderflow::test {
namespace {

Certificate make(const std::filesystem::path& folder, const std::string& name,
                 const std::vector<std::string>& further) {
  using namespace std::chrono_literals;
  const Certificate made{.file = folder / (name + ".pem"), .private_key = folder / (name + ".key")};
  Command command{.executable = "/usr/bin/openssl",
                  .arguments = {"req", "-x509", "-newkey", "ec", "-pkeyopt",
                                "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                                "/CN=" + name, "-keyout", made.private_key, "-out", made.file}};
  command.arguments.insert(command.arguments.end(), further.begin(), further.end());
  Process openssl(command);
  if (openssl.wait(60s) != ExitStatus{.code = 0, .signal = 0}) {
    throw std::runtime_error("openssl fails: " + openssl.errors());
  }
  return made;
}

}  // namespace

CertificateAuthority::CertificateAuthority(std::filesystem::path folder, std::string name)
    : folder_(std::move(folder)), own_(make(folder_, name, {})) {}

Certificate CertificateAuthority::issue(const std::string& name,
                                        const std::string& alternative_name) const {
  return make(folder_, name,
              {"-CA", own_.file, "-CAkey", own_.private_key, "-addext",
               "subjectAltName=" + alternative_name, "-addext", "basicConstraints=CA:FALSE"});
}

}  // namespace orderflow::test
