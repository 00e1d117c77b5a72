#include "rabbitmq/client/connection.hpp"

#include "test_connection.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

namespace orderflow::rabbitmq {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// A port of loopback that takes connections and sends nothing, or takes none.
class MutePort {
 public:
  explicit MutePort(bool takes_connections) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* plain = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(socket_, plain, size) == 0);
    if (takes_connections) REQUIRE(::listen(socket_, 8) == 0);
    REQUIRE(::getsockname(socket_, plain, &size) == 0);
    uri_ = "amqp://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  ~MutePort() { ::close(socket_); }
  MutePort(const MutePort&) = delete;
  MutePort& operator=(const MutePort&) = delete;

  const std::string& uri() const { return uri_; }

 private:
  int socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::string uri_;
};

TEST_CASE("a connection learns what the broker is") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Watchdog watchdog;
  const Connection connection(options_for(broker->uri()), watchdog);
  CHECK(connection.server_product() == "RabbitMQ");
  CHECK(connection.server_version().starts_with("3."));
  CHECK(contains(broker->control({"list_connections", "client_properties"}), "\"test\""));
}

TEST_CASE("a wrong password is a refusal that names the user and not the password") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  ConnectionOptions options = options_for(broker->uri());
  options.address.password = "wrong-secret";
  const auto error = failure_to_connect<bridge::BrokerRefused>(options);
  CHECK(error.code() == 403);
  CHECK(contains(error.what(), "guest"));
  CHECK(contains(error.what(), "ACCESS_REFUSED"));
  CHECK_FALSE(contains(error.what(), "wrong-secret"));
}

TEST_CASE("an unknown virtual host is a refusal that names it") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  const auto error = failure_to_connect<bridge::BrokerRefused>(options_for(broker->uri("nowhere")));
  CHECK(error.code() == 530);
  CHECK(contains(error.what(), "vhost nowhere not found"));
}

TEST_CASE("a port that takes no connections is unreachable at once") {
  const MutePort port(false);
  const auto error = failure_to_connect<bridge::BrokerUnreachable>(options_for(port.uri()));
  CHECK(contains(error.what(), "cannot connect to amqp://guest@127.0.0.1"));
  CHECK(contains(error.what(), "nobody takes connections there"));
}

TEST_CASE("a host that nobody knows is unreachable") {
  ConnectionOptions options = options_for("amqp://nobody.invalid");
  const auto error = failure_to_connect<bridge::BrokerUnreachable>(options);
  CHECK(contains(error.what(), "nobody.invalid"));
}

TEST_CASE("a peer that takes connections and sends nothing is given up after the limit") {
  const MutePort port(true);
  ConnectionOptions options = options_for(port.uri());
  options.connect_timeout = 300ms;
  const auto begin = Clock::now();
  const auto error = failure_to_connect<bridge::BrokerUnreachable>(options);
  CHECK(Clock::now() - begin < 5s);
  CHECK(contains(error.what(), "takes connections and does not answer for 300 ms"));
}

TEST_CASE("a signal wakes whoever waits for the broker") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Watchdog watchdog;
  Connection connection(options_for(broker->uri()), watchdog);
  bridge::WakeUp wake_up;
  std::thread signaller([&] { wake_up.signal(); });
  const auto begin = Clock::now();
  CHECK_FALSE(connection.next(60s, &wake_up));
  CHECK(Clock::now() - begin < 30s);
  signaller.join();
  CHECK_FALSE(wake_up.clear());
}

TEST_CASE("heartbeats keep a connection on which nothing else happens") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Watchdog watchdog;
  ConnectionOptions options = options_for(broker->uri());
  options.heartbeat = 1s;
  Connection connection(options, watchdog);
  CHECK_FALSE(connection.next(5s));
  Channel channel(connection);
  CHECK(channel.declare_queue("after-idling").messages == 0);
  channel.delete_queue("after-idling");
}

TEST_CASE("a broker that sends no more heartbeats is noticed while waiting") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Watchdog watchdog;
  ConnectionOptions options = options_for(broker->uri());
  options.heartbeat = 1s;
  Connection connection(options, watchdog);
  broker->suspend();
  CHECK_THROWS_AS(connection.next(20s), bridge::ConnectionLost);
  broker->resume();
}

TEST_CASE("publishing to a broker that has stopped reading is cut") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Watchdog watchdog;
  ConnectionOptions options = options_for(broker->uri());
  options.stuck_timeout = 500ms;
  Connection connection(options, watchdog);
  Channel channel(connection);
  const bridge::Message message{.body = std::string(100'000, 'x')};
  channel.publish({.routing_key = "nowhere"}, message, false);
  broker->suspend();
  std::string error;
  const auto begin = Clock::now();
  try {
    for (int i = 0; i < 100'000; ++i)
      channel.publish({.routing_key = "nowhere"}, message, false);
  } catch (const bridge::ConnectionLost& lost) {
    error = lost.what();
  }
  CHECK(Clock::now() - begin < 15s);
  broker->resume();
  CHECK(contains(error, "lost while publishing: no answer within 500 ms, cut"));
}

TEST_CASE("an answer that does not come ends the connection within the limit") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Watchdog watchdog;
  ConnectionOptions options = options_for(broker->uri());
  options.stuck_timeout = 300ms;
  {
    Connection connection(options, watchdog);
    Channel channel(connection);
    broker->suspend();
    CHECK_THROWS_AS(channel.declare_queue("unanswered"), bridge::ConnectionLost);
  }
  broker->resume();
}

TEST_CASE("a disk alarm is reported as blocked and its end as unblocked") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Watchdog watchdog;
  Connection connection(options_for(broker->uri()), watchdog);
  Channel channel(connection);
  broker->set_disk_alarm(true);
  channel.publish({.routing_key = "nowhere"}, {.body = "x"}, false);
  const auto blocked = wait_for<Blocked>(connection);
  CHECK(blocked.reason == "low on disk");
  CHECK(connection.is_blocked());
  broker->set_disk_alarm(false);
  wait_for<Unblocked>(connection);
  CHECK_FALSE(connection.is_blocked());
}

TEST_CASE("a connection that an operator closes is lost with the operator's reason") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Watchdog watchdog;
  Connection connection(options_for(broker->uri()), watchdog);
  broker->control({"close_all_connections", "maintenance"});
  std::string error;
  try {
    connection.next(20s);
  } catch (const bridge::ConnectionLost& lost) {
    error = lost.what();
  }
  CHECK(contains(error, "320"));
  CHECK(contains(error, "maintenance"));
}

TEST_CASE("a broker that dies is a lost connection") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Watchdog watchdog;
  Connection connection(options_for(broker->uri()), watchdog);
  broker->kill();
  CHECK_THROWS_AS(connection.next(20s), bridge::ConnectionLost);
  CHECK_THROWS_AS(connection.next(20s), bridge::ConnectionLost);
  CHECK_THROWS_AS(Channel{connection}, bridge::ConnectionLost);
  broker->restart();
}

}  // namespace
}  // namespace orderflow::rabbitmq
