// A node with a certificate, on the real executable.
#include "acceptance/support/node.hpp"
#include "support/certificates.hpp"
#include "support/temporary_folder.hpp"
#include "support/tls_client.hpp"

#include <doctest/doctest.h>

#include <fstream>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;

struct SecureFolder {
  TemporaryFolder folder;
  CertificateAuthority authority{folder.path(), "authority"};
  std::filesystem::path certificate = folder.path() / "certificate.pem";
  std::filesystem::path key = folder.path() / "key.pem";
  Command command = serve_command(folder.path() / "data",
                                  {{"ORDERFLOW_HTTP_TLS_CERTIFICATE_FILE", certificate.string()},
                                   {"ORDERFLOW_HTTP_TLS_KEY_FILE", key.string()}});

  void renew(const std::string& name) {
    const Certificate made = authority.issue(name, "DNS:" + name);
    std::filesystem::rename(made.file, certificate);
    std::filesystem::rename(made.private_key, key);
  }
};

std::uint16_t port_of(Process& process) {
  const auto line = process.wait_for_line("listening on https://127.0.0.1:", 120s);
  if (!line) throw std::runtime_error("the node did not start: " + process.errors());
  return static_cast<std::uint16_t>(std::stoul(line->substr(line->rfind(':') + 1)));
}

const std::string health = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

TEST_CASE_FIXTURE(SecureFolder, "SIGHUP takes a new certificate and drops no connection") {
  renew("first.example");
  Process process(command);
  const std::uint16_t port = port_of(process);
  TlsClient open(port);
  CHECK(open.server_name() == "first.example");

  renew("second.example");
  process.send(SIGHUP);
  wait_until("new connections see the new certificate",
             [&] { return TlsClient(port).server_name() == "second.example"; });
  open.send(health);
  CHECK(open.read_response().find("200 OK") != std::string::npos);

  std::ofstream(certificate) << "nothing";
  process.send(SIGHUP);
  wait_until("the node logs that it continues as before", [&] {
    return process.errors().find("the certificate stays as it was") != std::string::npos;
  });
  CHECK(TlsClient(port).server_name() == "second.example");
  process.send(SIGTERM);
  CHECK(process.wait(60s) == ExitStatus{.code = 0});
}

TEST_CASE("a service without a certificate continues after SIGHUP") {
  TemporaryFolder folder;
  Node node(folder.path());
  node.process().send(SIGHUP);
  wait_until("the node has received the signal", [&] {
    return node.process().errors().find("no certificate to read again") != std::string::npos;
  });
  CHECK(HttpClient(node.port()).get("/healthz").status == 200);
}

TEST_CASE_FIXTURE(SecureFolder, "a certificate that cannot be used stops the start") {
  renew("first.example");
  std::ofstream(certificate) << "nothing";
  Process process(command);
  CHECK(process.wait(60s) == ExitStatus{.code = 2});
  CHECK(process.errors().find("http.tls: " + certificate.string()) != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(folder.path() / "data"));
}

}  // namespace
}  // namespace orderflow::test
