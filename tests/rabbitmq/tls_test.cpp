#include "test_connection.hpp"

#include "support/certificates.hpp"
#include "support/temporary_folder.hpp"

namespace orderflow::rabbitmq {
namespace {

/// One server with a TLS listener that wants clients' certificates, for all cases of this file.
struct TlsBroker {
  test::TemporaryFolder folder;
  test::CertificateAuthority authority{folder.path(), "authority"};
  test::CertificateAuthority stranger{folder.path(), "stranger"};
  test::Certificate client = authority.issue("client", "DNS:client");
  test::Certificate server = authority.issue("server", "IP:127.0.0.1");
  test::RabbitmqBroker broker{{.tls = test::BrokerTls{.ca = authority.file(),
                                                      .certificate = server.file,
                                                      .key = server.private_key,
                                                      .wants_client_certificate = true}}};

  ConnectionOptions options() const {
    ConnectionOptions made =
        options_for("amqps://guest:guest@127.0.0.1:" + std::to_string(broker.tls_port()));
    made.tls = {.ca_file = authority.file(),
                .certificate_file = client.file,
                .key_file = client.private_key};
    return made;
  }
};

TlsBroker* tls_broker() {
  if (test::shared_broker() == nullptr) return nullptr;
  static TlsBroker broker;
  return &broker;
}

TEST_CASE("a broker whose certificate is trusted is used over TLS") {
  const TlsBroker* tls = tls_broker();
  if (tls == nullptr) return;
  Watchdog watchdog;
  Connection connection(tls->options(), watchdog);
  Channel channel(connection);
  channel.declare_queue("over-tls");
  channel.publish({.routing_key = "over-tls"}, {.body = std::string(500'000, 'x')}, true);
  channel.consume("over-tls", "reader");
  CHECK(wait_for<Delivery>(connection).message.body.size() == 500'000);
}

TEST_CASE("a broker's certificate of another authority is refused with the reason") {
  const TlsBroker* tls = tls_broker();
  if (tls == nullptr) return;
  ConnectionOptions options = tls->options();
  options.tls.ca_file = tls->stranger.file();
  const auto error = failure_to_connect<bridge::BrokerRefused>(options);
  CHECK(error.code() == 0);
  CHECK(contains(
      error.what(),
      "the broker's certificate does not count: self-signed certificate in certificate chain"));
}

TEST_CASE("the system's authorities alone do not vouch for the broker") {
  const TlsBroker* tls = tls_broker();
  if (tls == nullptr) return;
  ConnectionOptions options = tls->options();
  options.tls.ca_file.clear();
  CHECK(contains(failure_to_connect<bridge::BrokerRefused>(options).what(), "does not count"));
}

TEST_CASE("a certificate for another host is refused unless that is not looked at") {
  const TlsBroker* tls = tls_broker();
  if (tls == nullptr) return;
  ConnectionOptions options = tls->options();
  options.address.host = "localhost";
  CHECK(contains(failure_to_connect<bridge::BrokerRefused>(options).what(), "hostname mismatch"));
  options.tls.verify_host = false;
  Watchdog watchdog;
  CHECK(Connection(options, watchdog).server_product() == "RabbitMQ");
}

TEST_CASE("a broker that wants a certificate of ours refuses us without one") {
  const TlsBroker* tls = tls_broker();
  if (tls == nullptr) return;
  ConnectionOptions options = tls->options();
  options.tls.certificate_file.clear();
  options.tls.key_file.clear();
  CHECK(contains(failure_to_connect<bridge::BrokerRefused>(options).what(),
                 "asks for a certificate and none is set"));
}

TEST_CASE("a file that is no certificate is refused by its name") {
  const TlsBroker* tls = tls_broker();
  if (tls == nullptr) return;
  ConnectionOptions options = tls->options();
  options.tls.certificate_file = options.tls.key_file;
  CHECK(contains(failure_to_connect<bridge::BrokerRefused>(options).what(), "client.key"));
  options.tls.ca_file = "/nowhere.pem";
  CHECK(contains(failure_to_connect<bridge::BrokerRefused>(options).what(), "/nowhere.pem"));
}

TEST_CASE("TLS to a port that speaks none is refused, and no TLS to one that wants it fails") {
  TlsBroker* tls = tls_broker();
  if (tls == nullptr) return;
  ConnectionOptions options = tls->options();
  options.address.port = tls->broker.port();
  CHECK(
      contains(failure_to_connect<bridge::BrokerRefused>(options).what(), "wrong version number"));
  options.address.port = tls->broker.tls_port();
  options.address.tls = false;
  failure_to_connect<bridge::BrokerUnreachable>(options);
}

}  // namespace
}  // namespace orderflow::rabbitmq
