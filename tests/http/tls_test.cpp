#include "http/server_fixture.hpp"
#include "http/tls_certificate.hpp"
#include "support/certificates.hpp"
#include "support/temporary_folder.hpp"
#include "support/tls_client.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

namespace orderflow::test {
namespace {

struct CertificateFiles {
  TemporaryFolder folder;
  CertificateAuthority authority{folder.path(), "authority"};
  http::TlsCertificate::Files files{.certificate = folder.path() / "certificate.pem",
                                    .key = folder.path() / "key.pem"};
  void renew(const std::string& name) {
    const Certificate made = authority.issue(name, "DNS:" + name);
    std::filesystem::rename(made.file, files.certificate);
    std::filesystem::rename(made.private_key, files.key);
  }
};

struct TlsServer : CertificateFiles {
  explicit TlsServer(http::ServerOptions options = {}) {
    renew("first.example");
    certificate = std::make_shared<http::TlsCertificate>(files);
    options.certificate = certificate;
    server.emplace(std::move(options));
    server->start();
  }
  TlsClient connect(int version_max = 0) { return TlsClient(server->server().port(), version_max); }

  std::shared_ptr<http::TlsCertificate> certificate;
  std::optional<TestServer> server;
};

TEST_CASE("requests and answers go over TLS, several on one connection") {
  TlsServer secure;
  TlsClient client = secure.connect();
  for (int i = 0; i < 3; ++i) {
    client.send(request_text("GET", "/ping"));
    CHECK(client.read_response().ends_with("pong"));
  }
  const std::string large = "\"" + std::string(300'000, 'x') + "\"";
  client.send(request_text("POST", "/echo", "", large));
  CHECK(client.read_response().ends_with(large));
}

TEST_CASE("a connection over TLS is ended properly") {
  TlsServer secure;
  TlsClient client = secure.connect();
  client.send(request_text("GET", "/ping", "Connection: close\r\n"));
  CHECK(client.read_response().ends_with("pong"));
  CHECK(client.is_ended_by_peer());
}

TEST_CASE("TLS 1.2 with forward secrecy is the least that is spoken") {
  TlsServer secure;
  CHECK(secure.connect(TLS1_3_VERSION).cipher().starts_with("TLS_"));
  CHECK(secure.connect(TLS1_2_VERSION).cipher().starts_with("ECDHE-"));
  CHECK_THROWS_AS(secure.connect(TLS1_1_VERSION), boost::system::system_error);
}

TEST_CASE("a client that does not speak TLS, or sends nothing, is cut off") {
  http::ServerOptions options;
  options.header_timeout = std::chrono::milliseconds(50);
  TlsServer secure(options);
  RawClient plain = secure.server->connect();
  plain.send(request_text("GET", "/ping"));
  CHECK(plain.read_until_close().find("pong") == std::string::npos);
  CHECK(secure.server->connect().read_until_close().empty());
  TlsClient slow = secure.connect();
  slow.send("GET /pi");
  CHECK(slow.is_ended_by_peer() == false);
}

TEST_CASE("plain HTTP on a port with TLS is answered 400, whatever its method and length") {
  TlsServer secure;
  const std::string body = "\"" + std::string(300'000, 'x') + "\"";
  for (const std::string& request :
       {request_text("GET", "/ping"), request_text("POST", "/echo", "", body), std::string("G")}) {
    RawClient plain = secure.server->connect();
    plain.send(request);
    const RawResponse refused = plain.read_response();
    check_problem(refused, 400, "tls-required");
    CHECK(refused.header("connection") == "close");
    CHECK_FALSE(refused.has("retry-after"));
  }
  TlsClient client = secure.connect();
  client.send(request_text("GET", "/ping"));
  CHECK(client.read_response().ends_with("pong"));
}

TEST_CASE("over TLS browsers are asked to stay with it, except for this machine's own name") {
  TlsServer secure;
  TlsClient client = secure.connect();
  const auto is_asked_to_stay = [&](const std::string& host) {
    client.send("GET /ping HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    return client.read_response().find("Strict-Transport-Security: max-age=31536000\r\n") !=
           std::string::npos;
  };
  CHECK(is_asked_to_stay("127.0.0.1"));
  CHECK(is_asked_to_stay("other.example"));  // refused all the same
  CHECK_FALSE(is_asked_to_stay("localhost:8443"));
  CHECK_FALSE(is_asked_to_stay("app.localhost"));
  TestServer plain;
  plain.start();
  CHECK_FALSE(
      plain.ask("GET /ping HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").has("strict-transport-security"));
}

TEST_CASE("a new certificate is shown to new connections, and the others continue") {
  TlsServer secure;
  TlsClient before = secure.connect();
  CHECK(before.server_name() == "first.example");
  secure.renew("second.example");
  secure.certificate->reload();
  CHECK(secure.connect().server_name() == "second.example");
  before.send(request_text("GET", "/ping"));
  CHECK(before.read_response().ends_with("pong"));
}

TEST_CASE("a certificate that cannot be read leaves the old one in use") {
  TlsServer secure;
  std::ofstream(secure.files.certificate) << "nothing";
  CHECK_THROWS_AS(secure.certificate->reload(), http::TlsError);
  CHECK(secure.connect().server_name() == "first.example");
}

TEST_CASE_FIXTURE(CertificateFiles, "a bad certificate or key is reported with its file") {
  renew("first.example");
  const auto refused = [&](const std::string& file) {
    CHECK_THROWS_WITH_AS(http::TlsCertificate{files}, doctest::Contains(file.c_str()),
                         http::TlsError);
  };
  SUBCASE("a missing certificate") {
    std::filesystem::remove(files.certificate);
    refused("certificate.pem");
  }
  SUBCASE("a certificate that is none") {
    std::ofstream(files.certificate) << "nothing";
    refused("certificate.pem");
  }
  SUBCASE("a key that is none") {
    std::ofstream(files.key) << "nothing";
    refused("key.pem");
  }
  SUBCASE("the key of another certificate") {
    const Certificate other = authority.issue("other.example", "DNS:other.example");
    std::filesystem::rename(other.private_key, files.key);
    refused("key.pem");
  }
  SUBCASE("a key that everybody can read") {
    std::filesystem::permissions(files.key, std::filesystem::perms::others_read,
                                 std::filesystem::perm_options::add);
    refused("chmod 600");
  }
}

TEST_CASE("a server with TLS drains") {
  TlsServer secure;
  TlsClient idle = secure.connect();
  idle.send(request_text("GET", "/ping"));
  CHECK(idle.read_response().ends_with("pong"));
  const auto began = std::chrono::steady_clock::now();
  secure.server->server().drain(drain_limit);
  CHECK(std::chrono::steady_clock::now() - began < patience);
  CHECK(secure.server->counters().connections_open == 0);
}

}  // namespace
}  // namespace orderflow::test
