#include "support/rabbitmq_broker.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;

constexpr auto start_limit = 60s;
constexpr auto control_limit = 60s;

/// The folder of the newest server below Debian's, or nothing.
std::optional<std::filesystem::path> server_folder() {
  std::optional<std::filesystem::path> newest;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/rabbitmq/lib", error)) {
    if (!newest || *newest < entry.path()) newest = entry.path();
  }
  return newest;
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

template <class Attempt>
bool with_socket(std::uint16_t port, Attempt attempt) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return false;
  const sockaddr_in address = loopback(port);
  const bool done =
      attempt(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(descriptor);
  return done;
}

bool is_free(std::uint16_t port) {
  return with_socket(port, [](int descriptor, const sockaddr* address, socklen_t size) {
    return ::bind(descriptor, address, size);
  });
}

bool is_listening(std::uint16_t port) {
  return with_socket(port, [](int descriptor, const sockaddr* address, socklen_t size) {
    return ::connect(descriptor, address, size);
  });
}

void write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  file.close();
  if (!file) throw std::runtime_error("cannot write " + path.string());
}

}  // namespace

bool RabbitmqBroker::is_installed() {
  return std::filesystem::exists("/usr/bin/erl") && server_folder().has_value();
}

/// Below the range that the kernel takes ports of outgoing connections from, so that none of those
/// stands in the way when the server is restarted.
RabbitmqBroker::Ports RabbitmqBroker::find_ports() {
  constexpr std::uint16_t in_a_row = 16;
  std::random_device entropy;
  std::uniform_int_distribution<int> block(20'000 / in_a_row, 32'000 / in_a_row - 1);
  for (int attempt = 0; attempt < 1'000; ++attempt) {
    const auto first = static_cast<std::uint16_t>(block(entropy) * in_a_row);
    const auto at = [first](int offset) { return static_cast<std::uint16_t>(first + offset); };
    const Ports ports{at(0), at(1), at(2), at(3), at(4)};
    if (is_free(ports.amqp) && is_free(ports.tls) && is_free(ports.distribution) &&
        is_free(ports.mapper)) {
      return ports;
    }
  }
  throw std::runtime_error("no free ports for a RabbitMQ server");
}

RabbitmqBroker::RabbitmqBroker(BrokerOptions options)
    : options_(std::move(options)),
      cookie_(options_.beside != nullptr ? options_.beside->cookie_
                                         : "OF" + std::to_string(std::random_device{}())) {
  const std::filesystem::path cookie = folder_.path() / ".erlang.cookie";
  write_file(cookie, cookie_);
  std::filesystem::permissions(cookie, std::filesystem::perms::owner_read);
  write_file(folder_.path() / "plugins", "[].\n");
  constexpr int attempts = 5;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    ports_ = find_ports();
    if (options_.beside != nullptr) ports_.mapper = options_.beside->ports_.mapper;
    node_ = "orderflow-" + std::to_string(::getpid()) + "-" + std::to_string(ports_.amqp) +
            "@localhost";
    write_configuration();
    if (options_.beside == nullptr) start_mapper();
    if (!start_server()) continue;
    if (options_.beside != nullptr) join(*options_.beside);
    return;
  }
  throw std::runtime_error("RabbitMQ does not start:\n" + server_->output() + server_->errors());
}

void RabbitmqBroker::join(const RabbitmqBroker& other) {
  control({"stop_app"});
  control({"reset"});
  control({"join_cluster", other.node_});
  control({"start_app"});
}

std::string RabbitmqBroker::uri(const std::string& vhost) const {
  const std::string uri = "amqp://guest:guest@127.0.0.1:" + std::to_string(ports_.amqp);
  return vhost.empty() ? uri : uri + "/" + vhost;
}

void RabbitmqBroker::write_configuration() const {
  std::string text = "listeners.tcp.1 = 127.0.0.1:" + std::to_string(ports_.amqp) +
                     "\nlog.file = false\nlog.console = true\nlog.console.level = info\n";
  if (options_.tls) {
    const bool asks = options_.tls->wants_client_certificate;
    text += "listeners.ssl.1 = 127.0.0.1:" + std::to_string(ports_.tls) +
            "\nssl_options.cacertfile = " + options_.tls->ca.string() +
            "\nssl_options.certfile = " + options_.tls->certificate.string() +
            "\nssl_options.keyfile = " + options_.tls->key.string() +
            "\nssl_options.verify = " + (asks ? "verify_peer" : "verify_none") +
            "\nssl_options.fail_if_no_peer_cert = " + (asks ? "true" : "false") + "\n";
  }
  for (const std::string& line : options_.configuration)
    text += line + "\n";
  write_file(folder_.path() / "rabbitmq.conf", text);
}

std::vector<std::pair<std::string, std::string>> RabbitmqBroker::environment() const {
  const std::string folder = folder_.path().string();
  const std::string home = server_folder().value().string();
  return {{"HOME", folder},
          {"ERL_EPMD_PORT", std::to_string(ports_.mapper)},
          {"ERL_EPMD_ADDRESS", "127.0.0.1"},
          {"ERL_LIBS", home + "/plugins"},
          {"ERL_CRASH_DUMP_BYTES", "0"},
          {"RABBITMQ_HOME", home},
          {"RABBITMQ_NODENAME", node_},
          {"RABBITMQ_DIST_PORT", std::to_string(ports_.distribution)},
          {"RABBITMQ_CTL_DIST_PORT_MIN", std::to_string(ports_.control)},
          {"RABBITMQ_CTL_DIST_PORT_MAX", std::to_string(ports_.control + 11)},
          {"RABBITMQ_MNESIA_BASE", folder + "/data"},
          {"RABBITMQ_LOG_BASE", folder + "/log"},
          {"RABBITMQ_CONFIG_FILE", folder + "/rabbitmq"},
          {"RABBITMQ_ENABLED_PLUGINS_FILE", folder + "/plugins"},
          {"RABBITMQ_CONF_ENV_FILE", folder + "/none"}};
}

/// Started here, for a server that finds none starts one that outlives it.
void RabbitmqBroker::start_mapper() {
  const Command command{.executable = "/usr/bin/epmd",
                        .arguments = {"-port", std::to_string(ports_.mapper)},
                        .environment = environment(),
                        .withheld_prefix = "RABBITMQ_"};
  mapper_ = std::make_unique<Process>(command);
  const auto deadline = std::chrono::steady_clock::now() + start_limit;
  while (!is_listening(ports_.mapper)) {
    if (mapper_->wait(5ms) || std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error("epmd does not start: " + mapper_->errors());
    }
  }
}

/// What the start script of rabbitmq-server would run as the user rabbitmq, run as this one.
bool RabbitmqBroker::start_server() {
  const Command command{.executable = "/usr/bin/erl",
                        .arguments = {"-noinput",
                                      "-s",
                                      "rabbit",
                                      "boot",
                                      "-boot",
                                      "start_sasl",
                                      "+W",
                                      "w",
                                      "+B",
                                      "i",
                                      "+sbwt",
                                      "none",
                                      "+sbwtdcpu",
                                      "none",
                                      "+sbwtdio",
                                      "none",
                                      "+zdbbl",
                                      "128000",
                                      "-syslog",
                                      "logger",
                                      "[]",
                                      "-syslog",
                                      "syslog_error_logger",
                                      "false",
                                      "-kernel",
                                      "prevent_overlapping_partitions",
                                      "false"},
                        .environment = environment(),
                        .withheld_prefix = "RABBITMQ_"};
  server_ = std::make_unique<Process>(command);
  return server_->wait_for_line("Server startup complete", start_limit).has_value();
}

void RabbitmqBroker::kill() {
  server_->send(SIGKILL);
  if (!server_->wait(10s)) throw std::runtime_error("the RabbitMQ server outlives SIGKILL");
}

void RabbitmqBroker::restart() {
  kill();
  constexpr int attempts = 3;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    if (start_server()) return;
  }
  throw std::runtime_error("RabbitMQ does not restart:\n" + server_->output());
}

void RabbitmqBroker::suspend() {
  server_->send(SIGSTOP);
}

void RabbitmqBroker::resume() {
  server_->send(SIGCONT);
}

std::string RabbitmqBroker::control(const std::vector<std::string>& arguments) {
  Command command{.executable = "/usr/lib/rabbitmq/bin/rabbitmqctl",
                  .arguments = {"-q", "-n", node_},
                  .environment = environment(),
                  .withheld_prefix = "RABBITMQ_"};
  command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
  Process process(command);
  const auto exit = process.wait(control_limit);
  if (exit != ExitStatus{.code = 0, .signal = 0}) {
    throw std::runtime_error("rabbitmqctl " + arguments.front() + " failed: " + process.output() +
                             process.errors());
  }
  return process.output();
}

void RabbitmqBroker::add_vhost(const std::string& name) {
  control({"add_vhost", name});
  control({"set_permissions", "-p", name, "guest", ".*", ".*", ".*"});
}

void RabbitmqBroker::write_definitions() {
  control({"eval", "mnesia:sync_log(), [ok = dets:sync(Table) || Table <- dets:all()]."});
}

void RabbitmqBroker::set_disk_alarm(bool raised) {
  control({"set_disk_free_limit", raised ? "1000000GB" : "50MB"});
}

RabbitmqBroker* shared_broker() {
  if (!RabbitmqBroker::is_installed()) {
    std::fprintf(stderr, "*** SKIPPED: rabbitmq-server is not installed (scripts/setup) ***\n");
    return nullptr;
  }
  static RabbitmqBroker broker;
  return &broker;
}

}  // namespace orderflow::test
