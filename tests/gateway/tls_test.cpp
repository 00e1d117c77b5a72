// Cards are sent to the gateway that proves who it is, and to no other.
#include "acceptance/support/orders.hpp"
#include "card_gateway.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

struct Certificate {
  std::string file;
  std::string private_key;
};

/// One that vouches for itself, for `name` as openssl writes alternative names.
Certificate make_certificate(const TemporaryFolder& folder, const std::string& name) {
  const Certificate made{.file = (folder.path() / "certificate.pem").string(),
                         .private_key = (folder.path() / "key.pem").string()};
  Process openssl(
      {.executable = "/usr/bin/openssl",
       .arguments = {"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                     "-nodes", "-days", "2", "-subj", "/CN=gateway", "-addext",
                     "subjectAltName=" + name, "-keyout", made.private_key, "-out", made.file}});
  const auto exit = openssl.wait(60s);
  REQUIRE(exit == ExitStatus{.code = 0});
  return made;
}

CardGatewayProcess::Options over_tls(const Certificate& certificate) {
  return {.certificate = certificate.file, .private_key = certificate.private_key};
}

json destination_after_failure(HttpClient& client) {
  json destination;
  wait_until("the gateway has been refused", [&] {
    destination = get(client, "/v1/admin/destinations").at("destinations").at(0);
    return destination.at("failed") > 0;
  });
  return destination;
}

void check_refused(const Settings& settings) {
  TemporaryFolder data;
  Node node(data.path(), settings);
  HttpClient client(node.port());
  const std::string order = place(client, order_of("ann", 1999, "pm_card_visa")).at("id");
  const json destination = destination_after_failure(client);
  CHECK(destination.at("succeeded") == 0);
  const std::string error = destination.at("lastError");
  CAPTURE(error);
  CHECK(error.find("SSL") != std::string::npos);
  CHECK(get(client, "/v1/orders/" + order).at("status") == "PENDING");
  CHECK(payments_of(client, order).at(0).at("attempts") == 0);
}

TEST_CASE("a gateway whose certificate the given file vouches for is used") {
  TemporaryFolder folder;
  CardGatewayProcess gateway(over_tls(make_certificate(folder, "IP:127.0.0.1")));
  CHECK(gateway.url().starts_with("https://"));
  Settings settings = gateway.settings();
  settings.emplace_back("ORDERFLOW_BILLING_GATEWAY_CARD_CA_FILE",
                        (folder.path() / "certificate.pem").string());
  Node node(folder.path() / "data", settings);
  HttpClient client(node.port());
  const std::string order = place(client, order_of("ann", 1999, "pm_card_visa")).at("id");
  CHECK(settled(client, order).at("status") == "PROCESSED");
}

TEST_CASE("a gateway with an untrusted certificate gets no card") {
  TemporaryFolder folder;
  CardGatewayProcess gateway(over_tls(make_certificate(folder, "IP:127.0.0.1")));
  check_refused(gateway.settings());
}

TEST_CASE("a gateway whose certificate is for another name gets no card") {
  TemporaryFolder folder;
  CardGatewayProcess gateway(over_tls(make_certificate(folder, "DNS:gateway.example.com")));
  Settings settings = gateway.settings();
  settings.emplace_back("ORDERFLOW_BILLING_GATEWAY_CARD_CA_FILE",
                        (folder.path() / "certificate.pem").string());
  check_refused(settings);
}

}  // namespace
}  // namespace orderflow::test
