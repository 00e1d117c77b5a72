#pragma once

#include "support/process.hpp"
#include "support/temporary_folder.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orderflow::test {

/// A TLS listener beside the plain one. Files in PEM.
struct BrokerTls {
  std::filesystem::path ca;
  std::filesystem::path certificate;
  std::filesystem::path key;
  bool wants_client_certificate = false;
};

struct BrokerOptions {
  std::optional<BrokerTls> tls = {};
  /// Further lines of `rabbitmq.conf`.
  std::vector<std::string> configuration = {};
  /// A running broker whose cluster this one joins, and which outlives it.
  const class RabbitmqBroker* beside = nullptr;
};

/// A real RabbitMQ server on loopback, of this test's own: data folder, node name, ports and port
/// mapper are shared with nobody, so that it runs beside others of its kind. It has no plugins and
/// one user, guest. It ends with this object, or with the thread that started it
/// (PR_SET_PDEATHSIG): construct and restart it on the test's main thread.
///
///     test::RabbitmqBroker* broker = test::shared_broker();
///     if (broker == nullptr) return;
///     connect_to(broker->uri());
class RabbitmqBroker {
 public:
  /// Whether Debian's rabbitmq-server stands on this machine.
  static bool is_installed();

  /// Starts the server and waits until it takes connections. Throws `std::runtime_error` with its
  /// output where it does not within a minute.
  explicit RabbitmqBroker(BrokerOptions options = {});

  /// Its name in the cluster.
  const std::string& node() const noexcept { return node_; }

  std::uint16_t port() const noexcept { return ports_.amqp; }
  std::uint16_t tls_port() const noexcept { return ports_.tls; }

  /// `amqp://guest:guest@127.0.0.1:<port>` with the virtual host, percent-encoded as given; without
  /// one it is `/`.
  std::string uri(const std::string& vhost = {}) const;

  /// Ends the server as a power cut would (SIGKILL).
  void kill();
  /// Starts it again on the same data and ports; kills it first where it runs.
  void restart();
  /// Stops it where it stands (SIGSTOP): its sockets stay open and nobody answers.
  void suspend();
  void resume();

  /// What `rabbitmqctl` with these arguments prints. Throws `std::runtime_error` where it fails.
  std::string control(const std::vector<std::string>& arguments);

  /// A new virtual host that guest may use.
  void add_vhost(const std::string& name);

  /// Has the server write to disk which queues there are. 3.10 does so within half a second after a
  /// declaration, and a kill before that loses a quorum queue with all that it has confirmed.
  void write_definitions();

  /// Whether the disk alarm stands, which blocks everybody who publishes.
  void set_disk_alarm(bool raised);

  /// What the running server has logged since it was started.
  std::string log() { return server_->output(); }

 private:
  struct Ports {
    std::uint16_t amqp;
    std::uint16_t tls;
    std::uint16_t distribution;
    std::uint16_t mapper;
    std::uint16_t control;
  };
  static Ports find_ports();

  void join(const RabbitmqBroker& other);
  void write_configuration() const;
  void start_mapper();
  bool start_server();
  std::vector<std::pair<std::string, std::string>> environment() const;

  BrokerOptions options_;
  TemporaryFolder folder_;
  Ports ports_{};
  std::string cookie_;
  std::string node_;
  std::unique_ptr<Process> mapper_;
  std::unique_ptr<Process> server_;
};

/// The one plain broker of this test executable, started at the first call and ended with the
/// executable. Null where none is installed, which is reported on standard error at every call:
/// the test case returns. Call it from the main thread.
RabbitmqBroker* shared_broker();

}  // namespace orderflow::test
